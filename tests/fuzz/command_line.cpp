#include <fcntl.h>

#include <vector>

#include "fuzz.hpp"
#include "pinnscope/commands.hpp"
#include "pinnscope/pde.hpp"

// The command's own main, under another name, in front of commands that do nothing.
int pinnscope_main(int argc, char** argv);

namespace pinnscope::apps {

FileStatus show_info(const std::string&) { return {}; }
FileStatus evaluate(const EvaluateOptions&) { return {}; }
FileStatus write_spectra(const SpectraOptions&) { return {}; }
FileStatus self_test(std::size_t) { return {}; }
void list_columns() {}
FileStatus show_errors(const Problem&, const std::string&, const NetworkOptions&) { return {}; }
FileStatus train(const TrainOptions&, int&) { return {}; }
FileStatus propagate(const PropagateOptions&) { return {}; }
FileStatus propagate_networks(const SignalOptions&) { return {}; }
FileStatus show_pde(const PdeOptions&) { return {}; }
FileStatus write_scheme_network(const SchemeNetworkOptions&, const std::string&) { return {}; }

}  // namespace pinnscope::apps

using namespace pinnscope;

namespace {

/// What was printed to standard error since the last call.
std::string complaint(int file) {
  std::string text(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
  if (::pread(file, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) std::abort();
  if (::ftruncate(file, 0) != 0) std::abort();
  ::lseek(file, 0, SEEK_SET);
  return text;
}

}  // namespace

// The input is the arguments, each ended by a NUL. What is refused is refused in one line.
// libFuzzer prints elsewhere (-close_fd_mask=3).
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::OneInput watched;
  static const int file =
      ::open((fuzz::directory() + "/stderr").c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  static const int standard_output = ::dup(STDOUT_FILENO);
  std::vector<std::string> arguments{"pinnscope"};
  for (std::string_view rest = fuzz::text(data, size); !rest.empty();) {
    arguments.push_back(fuzz::take_text(rest));
  }
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  ::dup2(file, STDERR_FILENO);
  const int code = pinnscope_main(static_cast<int>(arguments.size()), pointers.data());
  ::dup2(standard_output, STDOUT_FILENO);  // `--out -` sends it to standard error
  std::string text = complaint(file);
  if (code == 0 || arguments.size() == 1) return 0;
  const bool one_line = text.find('\n') == text.size() - 1 && text.starts_with("pinnscope: ");
  if (!one_line || (code != 1 && code != 2)) std::abort();
  text.pop_back();
  if (printable(text) != text) std::abort();
  return 0;
}
