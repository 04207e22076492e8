#include "pinnscope/io/contained.hpp"

#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>

#include "pinnscope/io/descriptor.hpp"
#include "pinnscope/io/guard.hpp"

namespace pinnscope {
namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr rlim_t kSpareBytes = rlim_t{64} << 20;
constexpr rlim_t kBytesOfFile = 12;  // doubles of its floats, twice, and what is sent, as it grows
constexpr rlim_t kProcessorSeconds = 10;
constexpr std::chrono::seconds kPatience{30};

Json pack(const arma::mat& numbers) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(numbers.memptr());
  return {{"rows", numbers.n_rows},
          {"columns", numbers.n_cols},
          {"numbers", Json::binary({bytes, bytes + numbers.n_elem * sizeof(double)})}};
}

arma::mat unpack(const Json& packed) {
  const auto& bytes = packed.at("numbers").get_binary();
  const auto rows = packed.at("rows").get<arma::uword>();
  const auto columns = packed.at("columns").get<arma::uword>();
  const std::size_t count = bytes.size() / sizeof(double);
  if (columns > 0 ? rows != count / columns || count % columns != 0 : count != 0) {
    throw std::runtime_error("the reader sent a matrix of another size than it said");
  }
  arma::mat numbers(rows, columns);
  if (count > 0) std::memcpy(numbers.memptr(), bytes.data(), count * sizeof(double));
  return numbers;
}

Json pack(const NetworkWeights& network) {
  Json layers = Json::array();
  for (const LayerWeights& layer : network.layers) {
    layers.push_back({pack(layer.weights), pack(layer.biases), pack(layer.before.scale),
                      pack(layer.before.offset), pack(layer.behind.scale),
                      pack(layer.behind.offset)});
  }
  Json left_out = Json::array();
  for (const LeftOut& part : network.left_out) left_out.push_back({part.name, part.reason});
  const auto activation = [](const std::optional<Activation>& value) {
    return value ? Json(text(*value)) : Json();
  };
  return {{"layers", layers},
          {"float32", network.precision == Precision::float32},
          {"hidden", activation(network.hidden)},
          {"output", activation(network.output)},
          {"negative_slope", network.negative_slope ? Json(*network.negative_slope) : Json()},
          {"metadata", network.metadata},
          {"left_out", left_out},
          {"obstacle", network.obstacle}};
}

NetworkWeights unpack_network(const Json& packed) {
  NetworkWeights network;
  for (const Json& layer : packed.at("layers")) {
    network.layers.push_back({unpack(layer.at(0)),
                              unpack(layer.at(1)),
                              {unpack(layer.at(2)), unpack(layer.at(3))},
                              {unpack(layer.at(4)), unpack(layer.at(5))}});
  }
  const auto activation = [&](const char* key) {
    std::optional<Activation> value;
    Activation found{};
    const Json& name = packed.at(key);
    if (name.is_string() && parse(name.get<std::string>(), found)) value = found;
    return value;
  };
  network.precision = packed.at("float32").get<bool>() ? Precision::float32 : Precision::float64;
  network.hidden = activation("hidden");
  network.output = activation("output");
  const Json& slope = packed.at("negative_slope");
  if (!slope.is_null()) network.negative_slope = slope.get<double>();
  network.metadata = packed.at("metadata").get<std::map<std::string, std::string>>();
  for (const Json& part : packed.at("left_out")) {
    network.left_out.push_back({part.at(0).get<std::string>(), part.at(1).get<std::string>()});
  }
  network.obstacle = packed.at("obstacle").get<std::string>();
  return network;
}

/// Address space that this process has now, in bytes; 0 where the system does not tell. Threads
/// that are starting add to it, so that a child has to ask for its own.
rlim_t address_space() {
  unsigned long pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "re")) {
    if (std::fscanf(file, "%lu", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return static_cast<rlim_t>(pages) * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
}

void limit(int resource, rlim_t most) {
  rlimit now{};
  if (::getrlimit(static_cast<__rlimit_resource_t>(resource), &now) != 0) return;
  now.rlim_cur = std::min(now.rlim_max, most);
  static_cast<void>(::setrlimit(static_cast<__rlimit_resource_t>(resource), &now));
}

bool send(int pipe, const std::vector<std::uint8_t>& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = ::write(pipe, bytes.data() + sent, bytes.size() - sent);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

/// The child: reads, sends what it found and ends without running anything of the parent's.
[[noreturn]] void read_and_send(const std::string& path, const NetworkReader& reader,
                                rlim_t allowance, int pipe) noexcept {
  const Descriptor nowhere("/dev/null", O_WRONLY);
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) ::dup2(nowhere.number(), stream);
  for (const int fatal : {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGXCPU, SIGXFSZ}) {
    ::signal(fatal, SIG_DFL);  // a handler of the parent would run in both
  }
  ::signal(SIGPIPE, SIG_IGN);
  const rlim_t used = address_space();
  if (used > 0) limit(RLIMIT_AS, used + allowance);
  limit(RLIMIT_CPU, kProcessorSeconds);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  const FileStatus sent = guarded(path, [&]() -> FileStatus {
    NetworkWeights network;
    const FileStatus status = guarded(path, [&] { return reader(path, network); });
    Json found{{"code", static_cast<int>(status.code)}, {"message", status.message}};
    if (status.ok()) found["network"] = pack(network);
    return send(pipe, Json::to_cbor(found)) ? FileStatus{} : FileStatus{StatusCode::bad_file, ""};
  });
  ::_exit(sent.ok() ? 0 : 1);
}

/// What the child sends until it closes the pipe, or nothing where it takes too long or sends more
/// than a file of this size can hold.
std::optional<std::vector<std::uint8_t>> receive(int pipe, std::size_t most) {
  std::vector<std::uint8_t> bytes;
  std::array<std::uint8_t, 65536> part{};
  const Clock::time_point deadline = Clock::now() + kPatience;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd waiting{pipe, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::max<long>(left.count(), 0)));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return std::nullopt;
    const ssize_t count = ::read(pipe, part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) return bytes;
    bytes.insert(bytes.end(), part.data(), part.data() + count);
    if (bytes.size() > most) return std::nullopt;
  }
}

/// Why a child did not say what it found.
std::string ending_of(int outcome) {
  if (WIFSIGNALED(outcome) && WTERMSIG(outcome) == SIGXCPU) return "it takes too long to read";
  if (WIFSIGNALED(outcome)) {
    return "the library that reads it failed on it (signal " + std::to_string(WTERMSIG(outcome)) +
           "): the file is damaged";
  }
  return "the library that reads it could not cope with it: the file is damaged, or it asks for "
         "far more memory than it is long";
}

FileStatus read_by_child(const std::string& path, const NetworkReader& reader, std::size_t size,
                         NetworkWeights& network) {
  std::array<int, 2> ends{};
  const auto failed = [&](const char* what) {
    return file_failure(StatusCode::bad_file, path,
                        std::string(what) + std::generic_category().message(errno));
  };
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed("cannot make a pipe to read it: ");
  const rlim_t allowance = kSpareBytes + kBytesOfFile * static_cast<rlim_t>(size);
  const pid_t child = ::fork();
  if (child == 0) read_and_send(path, reader, allowance, ends[1]);
  ::close(ends[1]);
  if (child < 0) {
    ::close(ends[0]);
    return failed("cannot start a process to read it: ");
  }
  const auto bytes = receive(ends[0], static_cast<std::size_t>(allowance));
  ::close(ends[0]);
  if (!bytes) ::kill(child, SIGKILL);
  int outcome = 0;
  while (::waitpid(child, &outcome, 0) < 0 && errno == EINTR) {
  }
  if (!bytes) return file_failure(StatusCode::bad_file, path, "it takes too long to read");
  if (outcome != 0) return file_failure(StatusCode::bad_file, path, ending_of(outcome));
  const Json found = Json::from_cbor(*bytes);
  const int code = found.at("code").get<int>();
  if (code < 0 || code >= kStatusCodes) throw std::runtime_error("its reader went astray");
  if (code != 0) return {static_cast<StatusCode>(code), found.at("message").get<std::string>()};
  network = unpack_network(found.at("network"));
  return {};
}

}  // namespace

FileStatus read_contained(const std::string& path, const NetworkReader& reader,
                          NetworkWeights& network) {
  return guarded(path, [&]() -> FileStatus {
    const Descriptor file(path, O_RDONLY | O_NONBLOCK);
    struct stat about {};
    if (!file.open() || ::fstat(file.number(), &about) != 0) {
      return file_failure(StatusCode::bad_file, path,
                          "cannot open it: " + std::generic_category().message(errno));
    }
    if (!S_ISREG(about.st_mode)) {
      return file_failure(StatusCode::bad_file, path, "expected a regular file");
    }
    return read_by_child(path, reader, static_cast<std::size_t>(about.st_size), network);
  });
}

}  // namespace pinnscope
