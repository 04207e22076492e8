# Doxygen's filter of headers: what is the same for every class with storage gets its comment here,
# unless it has one of its own; so does an overload right below the function that is described.
function says(text) {
  if ($0 !~ /^ *\/\// && above !~ /^ *\/\/\//) sub(/^ */, "&/** " text " */ ")
}
/^ *struct Config \{/ { says("What an object is made with: its sizes, which fix its footprint, and its choices.") }
/^ *static (constexpr )?Footprint footprint\(/ {
  says("The memory that an object takes, measured by the function that carves it. Allocates nothing.")
}
/^ *(explicit )?[A-Z][A-Za-z]*\(const Config& config, Arena& arena/ {
  says("Carves the storage out of the arena, whose memory outlives the object. Where it does not fit, " \
       "`arena.status()` is out_of_memory, and the object must not be used.")
}
/^ *static constexpr const char\* kName =/ { says("The name of the operation.") }
/^ *static constexpr OperationForm kForm =/ { says("How the operation is taken apart.") }
/^ *static constexpr LinearSum sum\(/ { says("Which sum it is, with the number that is recorded.") }
# Templates, whose comment may stand behind the line with their parameters.
/^ *static (constexpr )?T value\(Operands</ {
  sub(/^ */, "&/** The value of the operation at one point. */ ")
}
/^ *static (constexpr )?Adjoints<T> adjoint\(/ {
  sub(/^ */, "&/** What the adjoints of the operands gain from that of the operation at one point. */ ")
}
/^ *static Term tangent\(/ {
  sub(/^ */, "&/** The derivative of the operation by a coordinate, written from those of its operands. */ ")
}
/operator==\(.*= default;/ { says("Whether all members are equal.") }
# Lists: see core/named.hpp.
/ kNamed<[A-Z]/ { says("The list of its values: name and meaning of each.") }
/ = values_of</ { says("All of its values, in the order of their list.") }
/^ *[A-Za-z_:<> ]+ [a-z_]+\(/ && !/^ *return / {
  match($0, /[a-z_]+\(/)
  name = substr($0, RSTART, RLENGTH)
  if (name == described && above ~ /[;}]$/) says("@overload")
  described = name
}
/^$/ { described = "" }
!/^ *(template <.*>|requires.*)$/ { above = $0 }
{ print }
