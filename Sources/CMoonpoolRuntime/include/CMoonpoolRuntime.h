//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Everything of CMoonpoolRuntime that Swift sees.

#pragma once
#include "MoonpoolDecisions.h"
#include "MoonpoolInspection.h"
#include "MoonpoolProcesses.h"
#include "MoonpoolReady.h"
#include "MoonpoolSimulation.h"
#include "MoonpoolThreads.h"
#include "MoonpoolUncontrolled.h"
