# Doxygen's filter of pages, which it puts into one directory: a link to a place in a page leads to the
# page, one to another file to its copy below (see reference.sh).
s#\.md\#[a-z-]+\)#.md)#g
s#\]\(\.\./([^)]*[^d]|[^)]*[^m]d)\)#](\1)#g
