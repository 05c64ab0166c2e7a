#!/usr/bin/env bash
# How many call records a second the journal makes durable, in SQLite and in a PostgreSQL of its own.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
dotnet build "$root/tests/Silo.Tests" -c Release -v q -nologo -clp:ErrorsOnly
exec "$root/artifacts/InProcess/bin/Silo.Tests/release/Webphone.Silo.Tests" -noColor -noLogo -explicit only -showLiveOutput -class Webphone.Silo.Tests.Storage.JournalLoad
