#include "cterminfo.h"

// <term.h> has macros such as `columns` and `lines`: nothing else may be in this file.
#include <curses.h>
#include <term.h>

bool ct_setup(const char *name, int descriptor) {
  int error = 0;
  // Without a place for the error, setupterm would end the process.
  return setupterm(name, descriptor, &error) == OK && error == 1;
}

int ct_number(const char *capability) {
  int value = tigetnum(capability);
  return value < 0 ? -1 : value;
}

const char *ct_string(const char *capability) {
  const char *value = tigetstr(capability);
  return value == (const char *)-1 ? NULL : value;
}

const char *ct_string_with(const char *capability, int number) {
  const char *value = ct_string(capability);
  return value == NULL ? NULL : tiparm(value, number);
}
