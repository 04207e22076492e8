#!/usr/bin/env bash
# What the core asks the rest of the program for: no heap, no exceptions, no printing; threads
# are Workers' alone.
#   symbols.sh NM LIBRARY...
set -euo pipefail

nm=$1
shift
names='malloc|calloc|realloc|free|aligned_alloc|posix_memalign|reallocarray|strdup'
names+='|v?[fsd]?n?printf|puts|fputs|putchar|fputc|fwrite|fopen|perror|exit|_Exit|quick_exit|abort'
names+='|__(v?[fsd]?n?printf|fprintf|printf)_chk|__cxa_.*|_Unwind_.*|__gxx_personality.*'
mangled='_Zn[aw].*|_Zd[al].*|_ZSt.*__throw_.*|_ZNSo.*|_ZNSi.*|_ZSt4(cout|cerr|clog)|_ZNSt8ios_base.*'
mangled+='|_ZSt9terminatev|_ZNSt6thread.*'

undefined=$("$nm" -u "$@")
if grep -E "^ *U ($names|$mangled)(@.*)?\$" <<<"$undefined" | sort -u ||
   "$nm" -A -u "$@" | grep -E ' U pthread_' | grep -v 'workers\.cpp\.o:'; then
  echo "the library must not need the symbols above"
  exit 1
fi
echo "$(grep -cE '^ *U ' <<<"$undefined" || true) undefined symbols, none of them forbidden"
