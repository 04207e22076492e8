#include "common/options.hpp"

#include <charconv>

#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/number_text.hpp"

namespace pinnscope::apps {
namespace {

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// Takes the digits in front of `text` away.
std::string take_digits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  const std::string digits(text.substr(0, count));
  text.remove_prefix(count);
  return digits;
}

/// Takes "e3", "E+3" or "e-3" away, where the text ends so. Returns whether it ends there.
bool take_exponent(std::string_view text, int& exponent) {
  exponent = 0;
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  text.remove_prefix(1);
  if (text.size() > 1 && text[0] == '+' && is_digit(text[1])) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  return error == std::errc{} && end == text.data() + text.size();
}

std::string range_text(const std::string& least, const std::string& most) {
  return "from " + least + " to " + most;
}

}  // namespace

bool parse_whole_number(const std::string& text, std::uint64_t& number) {
  std::string_view rest = text;
  std::string digits = take_digits(rest);
  long long exponent = 0;
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    const std::string fraction = take_digits(rest);
    exponent = -static_cast<long long>(fraction.size());
    digits += fraction;
  }
  int power = 0;
  if (digits.empty() || !take_exponent(rest, power)) return false;
  exponent += power;
  for (; exponent < 0 && digits.back() == '0' && digits.size() > 1; ++exponent) digits.pop_back();
  if (digits.find_first_not_of('0') == std::string::npos) {
    digits = "0";
    exponent = 0;
  }
  if (exponent < 0 || exponent > 20) return false;
  digits.append(static_cast<std::size_t>(exponent), '0');
  return std::from_chars(digits.data(), digits.data() + digits.size(), number).ec == std::errc{};
}

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  const std::string range = range_text(std::to_string(least), std::to_string(most));
  return CLI::Validator(
      [=](std::string& text) {
        std::uint64_t number = 0;
        const bool taken = parse_whole_number(text, number) && number >= least && number <= most;
        if (!taken) return "expected a whole number " + range + ", found " + in_quotes(text);
        text = std::to_string(number);
        return std::string();
      },
      range);
}

CLI::Validator real_number(double least, double most) {
  const std::string range = range_text(shortest_text(least), shortest_text(most));
  return CLI::Validator(
      [=](std::string& text) {
        double number = 0;
        const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(begin, end, number);
        const bool taken = error == std::errc{} && stop == end && number >= least && number <= most;
        return taken ? std::string() : "expected a number " + range + ", found " + in_quotes(text);
      },
      range);
}

CLI::Option* add_seed(CLI::App& command, std::uint64_t& seed, const std::string& what) {
  return command.add_option("--seed", seed, what)
      ->transform(whole_number(0, kLargestSeed))
      ->capture_default_str();
}

CLI::Option* add_threads(CLI::App& command, std::size_t& threads) {
  return command.add_option("--threads", threads, "default: what the machine has, 8 at most")
      ->transform(whole_number(1, 64));
}

}  // namespace pinnscope::apps
