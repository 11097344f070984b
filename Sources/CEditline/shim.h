#pragma once
// libedit's calls with a variable number of arguments, one function for each form that is used: Swift cannot call them.
#include <histedit.h>
#include <stdio.h>

typedef char *(*ce_prompt_function)(EditLine *);
typedef unsigned char (*ce_key_function)(EditLine *, int);

static inline int ce_set_prompt(EditLine *e, ce_prompt_function f) { return el_set(e, EL_PROMPT_ESC, f, '\1'); }
static inline int ce_set_right_prompt(EditLine *e, ce_prompt_function f) { return el_set(e, EL_RPROMPT_ESC, f, '\1'); }
static inline int ce_set_number(EditLine *e, int what, int value) { return el_set(e, what, value); }
static inline int ce_set_text(EditLine *e, int what, const char *text) { return el_set(e, what, text); }
static inline int ce_set_reader(EditLine *e, el_rfunc_t f) { return el_set(e, EL_GETCFN, f); }
static inline int ce_set_history(EditLine *e, History *h) { return el_set(e, EL_HIST, history, h); }
static inline int ce_set_owner(EditLine *e, void *owner) { return el_set(e, EL_CLIENTDATA, owner); }
static inline int ce_bind(EditLine *e, const char *key, const char *function) {
  return el_set(e, EL_BIND, key, function, NULL);
}
static inline int ce_add_function(EditLine *e, const char *name, const char *help, ce_key_function f) {
  return el_set(e, EL_ADDFN, name, help, f);
}
/// Changes a flag of the terminal mode that is in force while a line is edited.
static inline int ce_set_editing_mode(EditLine *e, const char *flag) { return el_set(e, EL_SETTY, "-d", flag, NULL); }
static inline int ce_refresh(EditLine *e) { return el_set(e, EL_REFRESH); }
static inline void *ce_owner(EditLine *e) {
  void *owner = NULL;
  el_get(e, EL_CLIENTDATA, &owner);
  return owner;
}
static inline int ce_history_number(History *h, int what, int value) {
  HistEvent event;
  return history(h, &event, what, value);
}
static inline int ce_history_enter(History *h, const char *line) {
  HistEvent event;
  return history(h, &event, H_ENTER, line);
}
