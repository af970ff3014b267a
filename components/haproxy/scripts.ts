import { nextServer, nextSuffix } from "./next-process.ts";

/*
 * The two scripts beside the configuration, the same ones under Nomad and on a host. Both work in their own folder with
 * relative names, since a path of a unix socket must not be longer than 108 characters. Neither holds anything from the
 * settings: the program's name comes by the environment, as HAPROXY, or from a file that sets it.
 */

/** Names in the scripts' folder. */
export const files = {
  start: "start.sh",
  reload: "reload.sh",
  /** Where a host is told the program's name: a line `HAPROXY=…`. Nomad has the task's environment. */
  environment: "haproxy.env",
  /** What the template was rendered to. */
  rendered: "rendered.cfg",
  /** What HAProxy runs with. */
  live: "live.cfg",
  state: "servers.state",
  /** What the processes before the last reload have counted, for the gate. */
  carried: "carried.csv",
  socket: "admin.sock",
} as const;

const begin = `#!/bin/sh
set -u
cd "$(dirname "$0")" || exit 1
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
[ ! -r ${files.environment} ] || . ./${files.environment}
HAPROXY=\${HAPROXY:-haproxy}
NOMAD_TASK_DIR=$(pwd)
export HAPROXY NOMAD_TASK_DIR
`;

/** Makes candidate.cfg of what was rendered, and asks HAProxy whether it could run with it. */
const prepare = `
# Of a backend without a stable server: what is in the file after the running configuration, but such backends kept.
keep_servers='
  FILENAME != file { if (file != "") end(); file = FILENAME; section = "" }
  /^[a-z]/ { end(); section = $0 }
  { text = text $0 "\\n" }
  /^  server / && $2 !~ /^(canary|twin)_/ { stable++ }
  END { end() }
  function end() {
    if (file == "${files.live}") { kept[section] = text; had[section] = stable }
    else if (had[section] > 0 && !stable) {
      printf "%s", kept[section]
      print "nary: kept the running " section ": the new one has no stable server" > "/dev/stderr"
    }
    else printf "%s", text
    text = ""; stable = 0
  }
'

prepare() {
  # The rendered file may change at any moment: look at a copy.
  cp ${files.rendered} rendered.copy || return 1
  if [ -s ${files.live} ]; then
    awk "$keep_servers" ${files.live} rendered.copy > candidate.cfg
  else
    cp rendered.copy candidate.cfg
  fi
}

accepted() {
  "$HAPROXY" -c -q -f candidate.cfg && return
  echo "nary: kept the running configuration: HAProxy does not accept the new one" >&2
  return 1
}
`;

/** What is carried from one process to the next; names of HAProxy's own statistics. */
const columns = "pxname,svname,req_tot,hrsp_5xx,econ,eresp,srv_abrt,wredis,wretr";

/** What the first process of a life carries. */
export const nothingCarried = `life,0\n# ${columns}\n`;

/**
 * Adds what a process has counted to what was carried before. Of each side of a backend there is one row, since HAProxy
 * answers with no more than a buffer holds.
 */
const carry = `
add_counts='
  BEGIN { FS = ","; OFS = ","; n = split("${columns}", names, ",") }
  /^life,/ { if (!life) life = $0; next }
  /^# / { sub(/^# /, ""); for (i = 1; i <= NF; i++) at[$i] = i; next }
  NF > 2 && $at["svname"] != "FRONTEND" {
    side = $at["svname"]
    if (side != "BACKEND") sub(/_.*/, "_", side)
    key = $at["pxname"] OFS side
    for (i = 3; i <= n; i++) { sums[key, i] += $at[names[i]]; some[key] += $at[names[i]] }
  }
  END {
    print life; print "# ${columns}"
    for (key in some) if (some[key] > 0) {
      row = key
      for (i = 3; i <= n; i++) row = row OFS sums[key, i] + 0
      print row
    }
  }
'

carry() {
  ask "show stat" > candidate.stat 2> /dev/null && [ -s candidate.stat ] || return
  # A process that goes on because the reload failed is asked again: its counts must not be added twice.
  if [ "$worker" != "$(cat carried.worker 2> /dev/null)" ]; then
    cp ${files.carried} carried.base
    echo "$worker" > carried.worker
  fi
  awk "$add_counts" carried.base candidate.stat > candidate.carried && mv candidate.carried ${files.carried}
}
`;

/** What the running process can be told at once; the new one takes a moment until it is there. */
const retire = `
retired='
  /^[a-z]/ { backend = $1 == "backend" ? $2 : "" }
  /^  server / {
    server = backend "/" $2
    if (FILENAME != "candidate.cfg") there[server] = backend
    else if (server in there && $2 !~ /^(canary|twin)_/) serves[backend]
    else stays[server]
  }
  END {
    for (server in there) if (server ~ /\\/(canary|twin)_/ && !(server in stays) && there[server] in serves) {
      line = line (line == "" ? "" : "; ") "set server " server " state maint"
      # HAProxy reads no more than a buffer of commands at once.
      if (++count % 50 == 0) { print line; line = "" }
    }
    if (line != "") print line
  }
'

# Canaries that the new configuration does not have get no more requests from now on. Where no other server of theirs
# stays, as where a whole roll-out comes with the same change, nobody would answer before the new process does.
retire() {
  [ -s ${files.live} ] || return
  awk "$retired" ${files.live} candidate.cfg | while read -r commands; do
    ask "$commands" > /dev/null 2>&1
  done
}

# Of a process that a reload is about to replace: what it says of canaries that were retired must not outlive it.
current='
  FILENAME == "${files.live}" { if ($1 == "server") there[$2]; next }
  $4 !~ /^(canary|twin)_/ || $4 in there
'
`;

/** Looks for the new process, a tenth of a second apart, after which the old one answers by itself again. */
const startTries = 50;

const passOn = `
answering() {
  ask "show info" 2> /dev/null | sed -n 's/^Pid: //p'
}

# Whether the running process passes on what it is asked, to whichever process takes it: ready or maint.
pass_on() {
  ask "$(sed -n "s/^backend \\(.*${nextSuffix}\\)\$/set server \\1\\/${nextServer} state $1;/p" ${files.live} | tr -d '\\n')" > /dev/null 2>&1
}

# One that goes on because the new one did not start has nobody to pass anything on to but itself.
answer_unless_replaced() {
  tries=0
  while [ "$(answering)" = "$worker" ]; do
    tries=$((tries + 1))
    if [ $tries -ge ${startTries} ]; then pass_on maint; return; fi
    sleep 0.1
  done
}
`;

export const startScript = `${begin}${prepare}
rm -f ${files.socket}
echo 1 > ${files.state}
rm -f carried.worker
{ echo "life,$(cat /proc/sys/kernel/random/uuid)"; echo "# ${columns}"; } > ${files.carried}
# On a host HAProxy may be there before consul-template.
until [ -s ${files.rendered} ] || [ -s ${files.live} ]; do sleep 0.2; done
if [ -f certificates.sh ]; then
  [ -d ../secrets ] || mkdir -m 700 ../secrets
  /bin/sh certificates.sh
fi
# One that ran before is better than a new one that does not.
if prepare && { [ ! -s ${files.live} ] || accepted; }; then mv candidate.cfg ${files.live}; fi
# HAProxy must not be the parent of what runs beside it: it would wait for it when it is told to stop.
[ ! -f watch.sh ] || (/bin/sh watch.sh $$ &)
# Nomad calls the reload script only once the task counts as running. A change before that would be missed.
(for again in 1 2 3 4 5 6 7 8 9 10; do sleep 0.4; /bin/sh ./${files.reload}; done &)
# HAProxy comes to know this signal a moment after its start, and would die of it before.
trap '' USR2
echo $$ > haproxy.pid
exec "$HAPROXY" -W -f ${files.live}
`;

export const reloadScript = `${begin}${prepare}${carry}${retire}${passOn}
# One at a time: the next one sees what this one has done.
exec 9> reload.lock
flock 9

ask() {
  if command -v socat > /dev/null; then
    echo "$1" | socat -t 2 - UNIX-CONNECT:${files.socket}
  else
    perl -MIO::Socket::UNIX -e '
      my $socket = IO::Socket::UNIX->new(Peer => shift) or exit 1;
      print $socket shift, "\\n";
      print while <$socket>;
    ' ${files.socket} "$1"
  fi
}

# A process id from before a restart of the machine may be another program's by now.
running() {
  [ -s haproxy.pid ] && [ "$(readlink "/proc/$(cat haproxy.pid)/cwd")" = "$(pwd -P)" ]
}

# HAProxy starts itself anew, twice, whenever it reloads, and does not hear this signal until it is through.
hears() {
  grep -q '^SigCgt:.*[89a-f]..$' "/proc/$(cat haproxy.pid)/status"
}

# Consul-template and Nomad are told of no failure: they would take it for a reason to stop.
running || exit 0

# Whoever calls this script may keep what it says to himself. HAProxy's own words are in the log that people read.
log="/proc/$(cat haproxy.pid)/fd/2"
if (: >> "$log") 2> /dev/null; then exec 2>> "$log"; fi

# A new certificate is read even if the configuration stays as it is.
certificates=kept
[ ! -f certificates.sh ] || ! /bin/sh certificates.sh || certificates=changed

prepare || exit 0
[ $certificates = kept ] && cmp -s candidate.cfg ${files.live} && exit 0
if ! accepted; then
  [ $certificates = changed ] || exit 0
  cp ${files.live} candidate.cfg
fi
retire

# Which servers are up, for the new process.
tries=0
until ask "show servers state" > candidate.state 2> /dev/null && [ -s candidate.state ]; do
  tries=$((tries + 1))
  [ $tries -lt 50 ] || break
  sleep 0.1
done
if [ -s candidate.state ]; then
  awk "$current" ${files.live} candidate.state > current.state && mv current.state ${files.state}
fi
mv candidate.cfg ${files.live}
tries=0
until hears || [ $tries -ge 100 ]; do
  running || exit 0
  tries=$((tries + 1))
  sleep 0.05
done
running || exit 0
worker=$(answering)
# Clients' idle connections stay with this process, whose servers may all be gone when it is asked again.
pass_on ready
# As late as can be: what the old process counts from now on is missing.
carry
kill -USR2 "$(cat haproxy.pid)"
answer_unless_replaced
exit 0
`;
