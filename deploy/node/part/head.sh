#!/bin/sh
# netdiag-gate: what netdiag's keys may do on this node, and nothing else. Each key runs it as its forced command:
#   restrict,command="/usr/local/sbin/netdiag-gate check" …   looks: the commands and captures listed under "What check may run"
#   restrict,command="/usr/local/sbin/netdiag-gate fix" …     executes an order that enough people have signed; confirms, rolls back
# The signers are those of /etc/netdiag/allowed_signers, the rules those of /etc/netdiag/gate.conf; both must be root's alone.
# Nothing that comes from outside is ever read as shell text: words arrive encoded, are held against the list, and become argv.
# Put together from deploy/node/part and src/adapter/ssh/script by deploy/node/build.ts; edit those.

gate_version=1
signers=/etc/netdiag/allowed_signers
rules=/etc/netdiag/gate.conf

