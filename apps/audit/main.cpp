// Judges what the paper says, and recomputes the numbers that its notebooks printed.

#include "run_audit.hpp"

int main(int argc, char** argv) { return pinnscope::apps::run_audit(argc, argv); }
