#include "cterminfo.h"
