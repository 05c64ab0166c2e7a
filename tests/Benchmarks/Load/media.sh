#!/usr/bin/env bash
# Calls with audio both ways through Webphone: packets lost inside, and the delay that it adds.
#   CALLS=500 SECONDS_EACH=60 tests/Benchmarks/Load/media.sh
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
dotnet build "$root/tests/System.Tests" -c Release -v q -nologo -clp:ErrorsOnly
exec "$root/artifacts/InProcess/bin/System.Tests/release/Webphone.System.Tests" -noColor -noLogo -explicit only -showLiveOutput -class Webphone.System.Tests.Load.MediaLoad
