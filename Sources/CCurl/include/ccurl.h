// The part of libcurl that HTTP transfers need, as plain C functions.
//
// libcurl is opened when the first transfer is wanted and not linked: with the libraries that it brings along it would
// add milliseconds to every start of a program, most of which never transfer anything. Swift could not call its
// variadic functions anyway.
#pragma once

#include <curl/curl.h>
#include <stdbool.h>

/// Opens the shared library `name` and readies it. NULL when that is done (at once when it was done before), else the
/// reason why not. Call it from one thread at a time.
const char *_Nullable ccurl_open(const char *_Nonnull name);

/// As libcurl's functions of these names; valid after `ccurl_open` has succeeded.
CURL *_Nullable ccurl_easy_init(void);
void ccurl_easy_cleanup(CURL *_Nonnull handle);
CURLcode ccurl_set_long(CURL *_Nonnull handle, CURLoption option, long value);
CURLcode ccurl_set_offset(CURL *_Nonnull handle, CURLoption option, curl_off_t value);
CURLcode ccurl_set_text(CURL *_Nonnull handle, CURLoption option, const char *_Nullable value);
CURLcode ccurl_set_pointer(CURL *_Nonnull handle, CURLoption option, void *_Nullable value);
/// For the functions that take or give bytes: CURLOPT_WRITEFUNCTION, _HEADERFUNCTION, _READFUNCTION.
CURLcode ccurl_set_function(
    CURL *_Nonnull handle, CURLoption option,
    size_t (*_Nonnull function)(char *_Nullable, size_t, size_t, void *_Nullable));
/// For CURLOPT_SEEKFUNCTION.
CURLcode ccurl_set_seek(CURL *_Nonnull handle, int (*_Nonnull function)(void *_Nullable, curl_off_t, int));
CURLcode ccurl_get_long(CURL *_Nonnull handle, CURLINFO info, long *_Nonnull value);
CURLcode ccurl_get_text(CURL *_Nonnull handle, CURLINFO info, char *_Nullable *_Nonnull value);
const char *_Nonnull ccurl_error(CURLcode code);
struct curl_slist *_Nullable ccurl_slist_append(struct curl_slist *_Nullable list, const char *_Nonnull text);
void ccurl_slist_free_all(struct curl_slist *_Nullable list);

CURLM *_Nullable ccurl_multi_init(void);
CURLMcode ccurl_multi_set_long(CURLM *_Nonnull multi, CURLMoption option, long value);
CURLMcode ccurl_multi_add(CURLM *_Nonnull multi, CURL *_Nonnull handle);
CURLMcode ccurl_multi_remove(CURLM *_Nonnull multi, CURL *_Nonnull handle);
CURLMcode ccurl_multi_perform(CURLM *_Nonnull multi, int *_Nonnull running);
/// Waits until there is something to do, at most so many milliseconds, or until `ccurl_multi_wakeup`.
CURLMcode ccurl_multi_wait(CURLM *_Nonnull multi, int milliseconds);
/// From any thread.
CURLMcode ccurl_multi_wakeup(CURLM *_Nonnull multi);
/// The next transfer that has ended, and how; NULL when there is none.
CURL *_Nullable ccurl_multi_ended(CURLM *_Nonnull multi, CURLcode *_Nonnull result);
