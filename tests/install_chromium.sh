#!/bin/sh
# Chromium for the browser tests, from the system's own packages. Without it those tests are skipped, which CI refuses.
if command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || [ -n "${CHROMIUM:-}" ]; then
    exit 0
fi
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "Installing Chromium for the browser tests…"
    apt-get update -qq && apt-get install -y -qq chromium >/dev/null && exit 0
fi
echo "No Chromium here and it could not be installed: the browser tests will be skipped."
echo "Install it (for example: sudo apt-get install chromium) or set CHROMIUM to its path."
exit 0
