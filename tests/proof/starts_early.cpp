// Runs before main().
int next();
const int kFirst = next();
int first() { return kFirst; }
