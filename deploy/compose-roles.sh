#!/bin/sh
set -eu
psql -U postgres -v ON_ERROR_STOP=1 -v owner_password=example -v app_password=example -f /roles.sql
