#include "fuzz.hpp"
#include "pinnscope/io/number_text.hpp"

using namespace pinnscope;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::OneInput watched;
  const std::string path = fuzz::file("table", fuzz::text(data, size));
  NumberTable table;
  fuzz::judge(read_number_table(path, NameLine::refused, table));
  const FileStatus status = read_number_table(path, NameLine::allowed, table);
  fuzz::judge(status);
  if (status.ok() && !table.values.is_finite()) std::abort();
  return 0;
}
