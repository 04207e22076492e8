// Recomputes every number that the paper's notebooks printed, and judges what the paper says.

#include "run_audit.hpp"

int main(int argc, char** argv) { return pinnscope::apps::run_audit(argc, argv); }
