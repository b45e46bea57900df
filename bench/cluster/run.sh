#!/usr/bin/env bash
# Several workers on hosts of hosts.sh (root, iproute2, mpich), beside PyTorch's DDP on gloo with the same model and batches
# if PYTHON names a Python that has torch. Prints a line of JSON for each. Usage: run.sh [STEPS]
set -euo pipefail
cd "$(dirname "$0")/../.."
steps=${1:-8}
here=$PWD/bench/cluster
worker="node --import tsx bench/cluster/worker.ts"
trap 'bash $here/hosts.sh down' EXIT
say() { while read -r line; do echo "{\"network\": \"$1\", \"result\": $line}"; done; }
# MPICH between the hosts, by TCP alone: they share a machine, but are not to know it
over() { # COUNT COMMAND...
  local count=$1 list
  shift
  list=$(seq -s, -f '10.77.0.%g' 1 "$count")
  UCX_TLS=tcp,self UCX_NET_DEVICES=eth0 MASTER_ADDR=10.77.0.1 MASTER_PORT=29511 GLOO_SOCKET_IFNAME=eth0 \
    ip netns exec attn1 mpiexec.mpich -localhost 10.77.0.1 -hosts "$list" -launcher ssh -launcher-exec "$here/launch.sh" -n "$count" "$@"
}
taskset -c 0 $worker float32 "$steps" | say 'one core'
[ -z "${PYTHON:-}" ] || taskset -c 0 "$PYTHON" -W ignore "$here/ddp.py" "$steps" | say 'one core'
mpiexec.mpich -launcher fork -bind-to core -n 2 $worker float32 "$steps" | say 'shared memory'
for count in ${HOSTS:-2 4}; do
  for rate in ${RATES:-none 1gbit 100mbit}; do
    bash "$here/hosts.sh" up "$count" "$rate"
    for wire in float32 bfloat16; do over "$count" $worker "$wire" "$steps" | say "$count hosts, $rate"; done
    [ -z "${PYTHON:-}" ] || over "$count" "$PYTHON" -W ignore "$here/ddp.py" "$steps" | say "$count hosts, $rate"
    bash "$here/hosts.sh" down
  done
done
