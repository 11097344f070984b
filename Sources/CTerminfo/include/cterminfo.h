#pragma once
// Terminal descriptions without <curses.h>, whose names (move, echo, timeout, …) must not reach Swift; and the few things
// that have to work inside a signal handler.
#include <stdbool.h>

/// Loads the description of the terminal `name` (NULL: $TERM) for a descriptor. False when there is none.
bool ct_setup(const char *name, int descriptor);
/// A numeric capability, or -1.
int ct_number(const char *capability);
/// A string capability, or NULL. Valid until the process ends.
const char *ct_string(const char *capability);
/// A string capability with one number filled in, or NULL. Valid until the next call on the same thread.
const char *ct_string_with(const char *capability, int number);

/// The size of a terminal; false when the descriptor is none or it does not say.
bool ct_window_size(int descriptor, int *rows, int *columns);

/// From now on a signal writes `byte` to `descriptor`; -1 ends it.
void ct_watch_signal(int signal, int descriptor, unsigned char byte);

/// Remembers the present mode of a terminal, and restores it when the process exits. Repeated calls do nothing.
void ct_guard_begin(int descriptor);
/// Text that a restore also writes (at most 63 bytes); NULL: none. Slot 0: cursor, slot 1: bracketed paste.
void ct_guard_text(int slot, int descriptor, const char *text);
/// Restores mode and texts. May be called in a signal handler.
void ct_guard_restore(void);
