//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// The routers must be the runtime's executors before it has made any: from a constructor, while there is one thread.

extern void mp_install_routers(void)
    __attribute__((weak));   // MoonpoolRuntime; not there when only the C part is linked

__attribute__((constructor)) static void install(void) {
  if (mp_install_routers) mp_install_routers();
}
