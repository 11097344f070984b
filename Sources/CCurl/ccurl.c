// libcurl checks the types of variadic arguments with macros, which would call it by name.
#define CURL_DISABLE_TYPECHECK
#include "ccurl.h"

#include <dlfcn.h>
#include <stdio.h>

#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

static struct {
  CURLcode (*global_init)(long);
  CURL *(*easy_init)(void);
  void (*easy_cleanup)(CURL *);
  CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
  CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
  const char *(*easy_strerror)(CURLcode);
  struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
  void (*slist_free_all)(struct curl_slist *);
  CURLM *(*multi_init)(void);
  CURLMcode (*multi_setopt)(CURLM *, CURLMoption, ...);
  CURLMcode (*multi_add_handle)(CURLM *, CURL *);
  CURLMcode (*multi_remove_handle)(CURLM *, CURL *);
  CURLMcode (*multi_perform)(CURLM *, int *);
  CURLMcode (*multi_poll)(CURLM *, struct curl_waitfd *, unsigned, int, int *);
  CURLMcode (*multi_wakeup)(CURLM *);
  CURLMsg *(*multi_info_read)(CURLM *, int *);
} curl;
static bool is_open;

const char *ccurl_open(const char *name) {
  static char reason[512];
  if (is_open) return NULL;
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *text = dlerror();
    snprintf(reason, sizeof reason, "%s", text ? text : name);
    return reason;
  }
  const struct {
    const char *name;
    void **place;
  } functions[] = {
#define FUNCTION(name) {"curl_" #name, (void **)&curl.name}
      FUNCTION(global_init),     FUNCTION(easy_init),           FUNCTION(easy_cleanup),  FUNCTION(easy_setopt),
      FUNCTION(easy_getinfo),    FUNCTION(easy_strerror),       FUNCTION(slist_append),  FUNCTION(slist_free_all),
      FUNCTION(multi_init),      FUNCTION(multi_setopt),        FUNCTION(multi_add_handle),
      FUNCTION(multi_remove_handle), FUNCTION(multi_perform),   FUNCTION(multi_poll),    FUNCTION(multi_wakeup),
      FUNCTION(multi_info_read),
#undef FUNCTION
  };
  for (size_t index = 0; index < sizeof functions / sizeof functions[0]; index++) {
    *functions[index].place = dlsym(library, functions[index].name);
    if (!*functions[index].place) {
      snprintf(reason, sizeof reason, "%s has no %s: version 7.68 or later is needed", name, functions[index].name);
      dlclose(library);
      return reason;
    }
  }
  CURLcode code = curl.global_init(CURL_GLOBAL_ALL);
  if (code != CURLE_OK) {
    snprintf(reason, sizeof reason, "%s: %s", name, curl.easy_strerror(code));
    return reason;
  }
  is_open = true;
  return NULL;
}

CURL *ccurl_easy_init(void) { return curl.easy_init(); }
void ccurl_easy_cleanup(CURL *handle) { curl.easy_cleanup(handle); }
CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value) {
  return curl.easy_setopt(handle, option, value);
}
CURLcode ccurl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
  return curl.easy_setopt(handle, option, value);
}
CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl.easy_setopt(handle, option, value);
}
CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl.easy_setopt(handle, option, value);
}
CURLcode ccurl_set_function(
    CURL *handle, CURLoption option, size_t (*function)(char *, size_t, size_t, void *)) {
  return curl.easy_setopt(handle, option, function);
}
CURLcode ccurl_set_seek(CURL *handle, int (*function)(void *, curl_off_t, int)) {
  return curl.easy_setopt(handle, CURLOPT_SEEKFUNCTION, function);
}
CURLcode ccurl_get_long(CURL *handle, CURLINFO info, long *value) { return curl.easy_getinfo(handle, info, value); }
CURLcode ccurl_get_text(CURL *handle, CURLINFO info, char **value) { return curl.easy_getinfo(handle, info, value); }
const char *ccurl_error(CURLcode code) { return curl.easy_strerror(code); }
struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *text) {
  return curl.slist_append(list, text);
}
void ccurl_slist_free_all(struct curl_slist *list) { curl.slist_free_all(list); }

CURLM *ccurl_multi_init(void) { return curl.multi_init(); }
CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl.multi_setopt(multi, option, value);
}
CURLMcode ccurl_multi_add(CURLM *multi, CURL *handle) { return curl.multi_add_handle(multi, handle); }
CURLMcode ccurl_multi_remove(CURLM *multi, CURL *handle) { return curl.multi_remove_handle(multi, handle); }
CURLMcode ccurl_multi_perform(CURLM *multi, int *running) { return curl.multi_perform(multi, running); }
CURLMcode ccurl_multi_wait(CURLM *multi, int milliseconds) {
  return curl.multi_poll(multi, NULL, 0, milliseconds, NULL);
}
CURLMcode ccurl_multi_wakeup(CURLM *multi) { return curl.multi_wakeup(multi); }
CURL *ccurl_multi_ended(CURLM *multi, CURLcode *result) {
  int left = 0;
  for (CURLMsg *message; (message = curl.multi_info_read(multi, &left));) {
    if (message->msg != CURLMSG_DONE) continue;
    *result = message->data.result;
    return message->easy_handle;
  }
  return NULL;
}
