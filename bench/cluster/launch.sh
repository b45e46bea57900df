#!/bin/sh
exec bash "$(dirname "$0")/hosts.sh" launch "$@"
