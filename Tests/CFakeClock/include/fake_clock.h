#pragma once
// Nothing to call: this library is put before libc with LD_PRELOAD.
