#!/usr/bin/env bash
# What may not be read says so, in one line that begins with the program's name once, whatever kind
# of file it is and whichever program reads it.
#   unreadable.sh AUDIT FIG-SOLUTIONS FIG-DENSITIES FIG-SPECTRA FIG-STABILITY PINNSCOPE
source "$(dirname "${BASH_SOURCE[0]}")/cases.sh"
programs "$@"
pinnscope=${app[pinnscope]}
cd "$directory" || exit 1

chmod 755 .
echo '0.5 0.5' >points.txt
"$pinnscope" train heat --points 50 --layers 1 --width 4 --adam-steps 2 --lbfgs-iterations 0 \
  --out readable.safetensors >/dev/null
mkdir -p closed place
cp -r "$source/datasets/published" .
cp readable.safetensors closed/network.safetensors
cp readable.safetensors closed.safetensors
echo text | tee closed.h5 closed.hdf5 >closed/network.h5
cp points.txt closed.txt
chmod 000 closed closed.safetensors closed.h5 closed.hdf5 closed.txt
chmod 777 place

# Root reads everything: then nobody reads.
unprivileged=()
[ "$(id -u)" != 0 ] || unprivileged=(setpriv --reuid 65534 --regid 65534 --clear-groups)
if ! "${unprivileged[@]}" "$pinnscope" --version >/dev/null 2>&1; then
  skip "there is no user who may not read"
  close_cases
  exit
fi

# denied NAME ARGUMENT...: the program refuses, and why.
denied() {
  local name=$1 status=0
  shift
  "${unprivileged[@]}" "${app[$name]}" "$@" >stdout.txt 2>stderr.txt || status=$?
  if [ "$status" = 1 ] && [ "$(wc -l <stderr.txt)" = 1 ] && [ ! -s stdout.txt ] &&
     grep -q "^$name: [^:]*closed.*: Permission denied$" stderr.txt &&
     [ "$(grep -o "$name: " stderr.txt | wc -l)" = 1 ]; then
    good
  else
    bad "$name $*: exit $status, $(head -c 300 stderr.txt)"
  fi
}

touch stdout.txt stderr.txt
for network in closed.h5 closed.hdf5 closed.safetensors closed closed/network.h5 closed/network.safetensors; do
  denied pinnscope info "$network"
  denied pinnscope errors heat "$network"
  denied pinnscope spectra "$network" --out place/spectra
  denied pinnscope evaluate "$network" --points points.txt --out place/values.csv
  for program in fig-solutions fig-densities fig-spectra fig-propagation; do
    denied $program --weights-viscous "$network" --weights-inviscid readable.safetensors --out place/out
  done
  denied audit --published published --weights-viscous "$network" --weights-inviscid readable.safetensors --out place/out
done
denied pinnscope evaluate readable.safetensors --points closed.txt --out place/values.csv
denied pinnscope evaluate readable.safetensors --points closed/points.txt --out place/values.csv
denied pinnscope propagate --scheme ftcs --initial closed.txt --out place/signal.csv
for program in fig-solutions fig-densities fig-spectra fig-propagation fig-stability audit; do
  networks=(--weights-viscous readable.safetensors --weights-inviscid readable.safetensors)
  [ $program != fig-stability ] || networks=()
  denied $program "${networks[@]}" --out closed/out
done
denied pinnscope spectra readable.safetensors --out closed/out
denied audit --published closed --weights-viscous readable.safetensors --weights-inviscid readable.safetensors --out place/out
chmod 755 closed

# Nor does a table that is no table come out as another failure.
for line in 'nan,0,1,2' '0,0,nan,2' '0,0,8,2' '0,0,1' 'x,y,z,u'; do
  printf 'network,kind,layer,kurtosis\n%s\n' "$line" >published/kurtosis.csv
  "${app[audit]}" --published published --weights-viscous readable.safetensors --weights-inviscid readable.safetensors \
    --out place/out >stdout.txt 2>stderr.txt && bad "a table of $line is taken" || good
  [ "$(wc -l <stderr.txt)" = 1 ] && grep -q '^audit: published/kurtosis.csv: .*expected ' stderr.txt && good ||
    bad "a table of $line: $(cat stderr.txt)"
done

# Text that is no HDF5 file is told from one that may not be read.
chmod 644 closed.h5
"$pinnscope" info closed.h5 2>stderr.txt && bad "text is taken for HDF5" || good
grep -q 'closed.h5: expected an HDF5 file, found another$' stderr.txt && good ||
  bad "text as .h5: $(cat stderr.txt)"

close_cases
