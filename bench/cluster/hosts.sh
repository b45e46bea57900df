#!/usr/bin/env bash
# Hosts on one machine: network namespaces behind a bridge, each with its own address and a limit on what it sends.
#   hosts.sh up COUNT RATE     RATE as tc says it: 1gbit; none: no limit
#   hosts.sh down
#   hosts.sh launch [-x] HOST COMMAND...    what mpiexec -launcher ssh -launcher-exec THIS calls: COMMAND on HOST, on core (N-1) mod the cores
set -euo pipefail
case $1 in
up)
  ip link add attnbr type bridge && ip link set attnbr up
  for ((i = 1; i <= $2; i++)); do
    ip netns add "attn$i"
    ip link add "attnv$i" type veth peer name eth0 netns "attn$i"
    ip link set "attnv$i" master attnbr up
    ip -n "attn$i" addr add "10.77.0.$i/24" dev eth0
    ip -n "attn$i" link set eth0 up
    ip -n "attn$i" link set lo up
    if [ "$3" != none ]; then
      # both ways: out of the host, and into it
      ip netns exec "attn$i" tc qdisc add dev eth0 root tbf rate "$3" burst 256kb latency 200ms
      tc qdisc add dev "attnv$i" root tbf rate "$3" burst 256kb latency 200ms
    fi
  done
  ;;
down)
  for name in $(ip netns list | grep -o '^attn[0-9]*'); do ip netns del "$name"; done
  for link in $(ip -o link | grep -o 'attnv[0-9]*' | sort -u); do ip link del "$link"; done
  ip link del attnbr 2>/dev/null || true
  ;;
*)
  shift # launch
  while [[ $1 == -* ]]; do shift; done
  host=${1##*.}
  shift
  exec ip netns exec "attn$host" taskset -c $(((host - 1) % $(nproc))) bash -c "$*"
  ;;
esac
