# Doxygen's filter of headers: what is the same for every class with storage gets its comment here,
# unless it has one of its own; so does an overload right below the function that is described.
function says(text) {
  if (before !~ /^ *\/\/\/|> *$/) sub(/^ */, "&/** " text " */ ")
}
/^ *struct Config \{/ { says("What an object is made with: its sizes, which fix its footprint, and its choices.") }
/^ *static (constexpr )?Footprint footprint\(/ {
  says("The memory that an object takes, measured by the function that carves it. Allocates nothing.")
}
/^ *(explicit )?[A-Z][A-Za-z]*\(const Config& config, Arena& arena/ {
  says("Carves the storage out of the arena, whose memory outlives the object. Where it does not fit, " \
       "`arena.status()` is out_of_memory, and the object must not be used.")
}
/operator==\(.*= default;/ { says("Whether all members are equal.") }
/^ *(static |constexpr |inline )*[A-Za-z_:<>]+ [a-z_]+\(/ && !/^ *return / {
  match($0, /[a-z_]+\(/)
  name = substr($0, RSTART, RLENGTH)
  if (name == described && before ~ /[;}]$/) says("@overload")
  described = name
}
/^$/ { described = "" }
{ before = $0; print }
