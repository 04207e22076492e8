# Doxygen's filter of headers. What many classes have, and what the rows of a list are made of, gets
# its comment here, unless it has one of its own; so does an overload below what it overloads.
function says(text) {
  if ($0 !~ /^ *\/\// && above !~ /^ *\/\/\//) sub(/^ */, "&/** " text " */ ")
}

# Classes with storage.
/^ *struct Config \{/ { says("What an object is made with: its sizes, which fix its footprint, and its choices.") }
/^ *static (constexpr )?Footprint footprint\(/ {
  says("The memory that an object takes, measured by the function that carves it. Allocates nothing.")
}
/^ *(explicit )?[A-Z][A-Za-z]*\(const Config& config, Arena& arena/ {
  says("Carves the storage out of the arena, whose memory outlives the object. Where it does not fit, " \
       "`arena.status()` is out_of_memory, and the object must not be used.")
}
/operator==\(.*= default;/ { says("Whether all members are equal.") }

# Lists: see core/named.hpp.
/ kNamed<[A-Z]/ { says("The list of its values: name and meaning of each.") }
/ = values_of</ { says("All of its values, in the order of their list.") }

# Operations of the tape: see PointwiseOperation.
/ kName = / { says("Its name in lists and messages.") }
/ kForm = / { says("How a tape may take it apart.") }
/ kOperands = / { says("How many nodes it is computed from.") }
/ LinearSum sum\(/ { says("Its factors, where it is a sum.") }
/ value\(Operands<T> / { says("Its value at one point.") }
/ adjoint\(Operands<T>/ { says("What the adjoints of its operands gain at one point, `bar` being its own.") }

/^ *[A-Za-z_:<> ]+ [a-z_]+\(/ && !/^ *return / {
  match($0, /[a-z_]+\(/)
  name = substr($0, RSTART, RLENGTH)
  if (name == described && above ~ /[;}]$/) says("@overload")
  described = name
}
/^$/ { described = "" }
!/^ *(template <.*>|requires.*)$/ { above = $0 }
{ print }
