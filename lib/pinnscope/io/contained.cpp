#include "pinnscope/io/contained.hpp"

#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "pinnscope/io/descriptor.hpp"
#include "pinnscope/io/guard.hpp"

namespace pinnscope {
namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr rlim_t kSpareBytes = rlim_t{64} << 20;
constexpr rlim_t kBytesOfFile = 4;  // doubles of its floats, and those of a layer that is turned
constexpr std::chrono::milliseconds kProcessorTime{500};
constexpr std::chrono::milliseconds kProcessorTimePerMebibyte{250};
constexpr std::chrono::seconds kPatience{30};  // beyond the processor time

// What the child sends: the size of the description, the description, and then the numbers of the
// matrices that it lists, in its order and as they stand in memory.

/// A pipe to the parent.
class Sender {
 public:
  explicit Sender(int pipe) noexcept : pipe_(pipe) {}

  bool send(const void* data, std::size_t size) const {
    const auto* bytes = static_cast<const std::uint8_t*>(data);
    for (std::size_t sent = 0; sent < size;) {
      const ssize_t count = ::write(pipe_, bytes + sent, size - sent);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return false;
      sent += static_cast<std::size_t>(count);
    }
    return true;
  }

 private:
  int pipe_;
};

/// A pipe from the child.
class Receiver {
 public:
  /// Takes at most so many bytes, until the deadline.
  Receiver(int pipe, std::size_t most, Clock::time_point deadline) noexcept
      : pipe_(pipe), left_(most), deadline_(deadline) {}

  /// Fills `size` bytes. False where the child sends fewer, or has more to send than it may, or
  /// takes too long, which is_late() then tells.
  bool receive(void* data, std::size_t size) {
    if (size > left_) return false;
    left_ -= size;
    auto* bytes = static_cast<std::uint8_t*>(data);
    while (size > 0) {
      const auto wait =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now());
      pollfd waiting{pipe_, POLLIN, 0};
      const int ready = ::poll(&waiting, 1, static_cast<int>(std::max<long>(wait.count(), 0)));
      if (ready < 0 && errno == EINTR) continue;
      if (ready == 0) late_ = true;
      if (ready <= 0) return false;
      const ssize_t count = ::read(pipe_, bytes, size);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return false;
      bytes += count;
      size -= static_cast<std::size_t>(count);
    }
    return true;
  }

  std::size_t left() const noexcept { return left_; }
  bool is_late() const noexcept { return late_; }

 private:
  int pipe_;
  std::size_t left_;
  Clock::time_point deadline_;
  bool late_ = false;
};

using Matrices = std::vector<const arma::mat*>;

/// The shape, for the description; the numbers follow behind it.
Json pack(const arma::mat& numbers, Matrices& behind) {
  behind.push_back(&numbers);
  return {numbers.n_rows, numbers.n_cols};
}

arma::mat unpack(const Json& shape, Receiver& numbers) {
  const auto rows = shape.at(0).get<arma::uword>();
  const auto columns = shape.at(1).get<arma::uword>();
  const std::size_t most = numbers.left() / sizeof(double);
  if (columns > 0 && rows > most / columns) {
    throw std::runtime_error("its reader sent more than a file of this size can hold");
  }
  arma::mat matrix(rows, columns);
  if (!numbers.receive(matrix.memptr(), matrix.n_elem * sizeof(double))) {
    throw std::runtime_error("its reader ended before it had sent all numbers");
  }
  return matrix;
}

Json pack(const NetworkWeights& network, Matrices& behind) {
  Json layers = Json::array();
  for (const LayerWeights& layer : network.layers) {
    Json shapes = Json::array();
    for (const arma::mat* part : std::initializer_list<const arma::mat*>{
             &layer.weights, &layer.biases, &layer.before.scale, &layer.before.offset,
             &layer.behind.scale, &layer.behind.offset}) {
      shapes.push_back(pack(*part, behind));
    }
    layers.push_back(shapes);
  }
  Json left_out = Json::array();
  for (const LeftOut& part : network.left_out) left_out.push_back({part.name, part.reason});
  const auto activation = [](const std::optional<Activation>& value) {
    return value ? Json(text(*value)) : Json();
  };
  Json parameters = Json::object();
  for_each_parameter([&](const ActivationParameter& parameter) {
    const std::optional<double>& value = network.activation_parameters.*parameter.place;
    if (value) parameters[parameter.name] = *value;
  });
  return {{"layers", layers},
          {"float32", network.precision == Precision::float32},
          {"hidden", activation(network.hidden)},
          {"output", activation(network.output)},
          {"activation_parameters", parameters},
          {"metadata", network.metadata},
          {"left_out", left_out},
          {"obstacle", network.obstacle}};
}

NetworkWeights unpack_network(const Json& packed, Receiver& numbers) {
  NetworkWeights network;
  for (const Json& shapes : packed.at("layers")) {
    // In the order in which they come.
    LayerWeights layer;
    layer.weights = unpack(shapes.at(0), numbers);
    layer.biases = unpack(shapes.at(1), numbers);
    layer.before.scale = unpack(shapes.at(2), numbers);
    layer.before.offset = unpack(shapes.at(3), numbers);
    layer.behind.scale = unpack(shapes.at(4), numbers);
    layer.behind.offset = unpack(shapes.at(5), numbers);
    network.layers.push_back(std::move(layer));
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
  const Json& parameters = packed.at("activation_parameters");
  for_each_parameter([&](const ActivationParameter& parameter) {
    if (!parameters.contains(parameter.name)) return;
    network.activation_parameters.*parameter.place = parameters.at(parameter.name).get<double>();
  });
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

/// Of processor, that a reader may take on a file of `bytes`.
std::chrono::milliseconds processor_time(std::size_t bytes) {
  return kProcessorTime + kProcessorTimePerMebibyte * static_cast<long>(bytes >> 20);
}

/// SIGPROF ends this process after so much processor time: RLIMIT_CPU counts whole seconds.
void limit_processor(std::chrono::milliseconds most) {
  itimerval timer{};
  timer.it_value.tv_sec = static_cast<time_t>(most.count() / 1000);
  timer.it_value.tv_usec = static_cast<suseconds_t>(most.count() % 1000 * 1000);
  static_cast<void>(::setitimer(ITIMER_PROF, &timer, nullptr));
}

/// The child: reads, sends what it found and ends without running anything of the parent's.
[[noreturn]] void read_and_send(const std::string& path, const NetworkReader& reader,
                                rlim_t allowance, std::chrono::milliseconds time,
                                int pipe) noexcept {
  const Descriptor nowhere("/dev/null", O_WRONLY);
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) ::dup2(nowhere.number(), stream);
  for (const int fatal : {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGPROF, SIGSEGV, SIGXCPU, SIGXFSZ}) {
    ::signal(fatal, SIG_DFL);  // a handler of the parent would run in both
  }
  ::signal(SIGPIPE, SIG_IGN);
  const rlim_t used = address_space();
  if (used > 0) limit(RLIMIT_AS, used + allowance);
  limit_processor(time);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  const FileStatus sent = guarded(path, [&]() -> FileStatus {
    NetworkWeights network;
    const FileStatus status = guarded(path, [&] { return reader(path, network); });
    Matrices behind;
    Json found{{"code", static_cast<int>(status.code)}, {"message", status.message}};
    if (status.ok()) found["network"] = pack(network, behind);
    const std::vector<std::uint8_t> description = Json::to_cbor(found);
    const std::uint64_t size = description.size();
    const Sender parent(pipe);
    bool whole = parent.send(&size, sizeof size) && parent.send(description.data(), size);
    for (const arma::mat* numbers : behind) {
      whole = whole && parent.send(numbers->memptr(), numbers->n_elem * sizeof(double));
    }
    return whole ? FileStatus{} : FileStatus{StatusCode::bad_file, ""};
  });
  ::_exit(sent.ok() ? 0 : 1);
}

/// Why a child did not say what it found.
std::string ending_of(int outcome) {
  const int signal = WIFSIGNALED(outcome) ? WTERMSIG(outcome) : 0;
  if (signal == SIGPROF || signal == SIGXCPU) return "it takes too long to read";
  if (signal != 0) {
    return "the library that reads it failed on it (signal " + std::to_string(signal) +
           "): the file is damaged";
  }
  return "the library that reads it could not cope with it: the file is damaged, or it asks for "
         "far more memory than it is long";
}

/// Takes what the child found. False where it ends before it has said it; throws where what it says
/// makes no sense.
bool receive(Receiver& child, FileStatus& status, NetworkWeights& network) {
  std::uint64_t size = 0;
  if (!child.receive(&size, sizeof size)) return false;
  if (size > child.left()) throw std::runtime_error("its reader went astray");
  std::vector<std::uint8_t> description(static_cast<std::size_t>(size));
  if (!child.receive(description.data(), description.size())) return false;
  const Json found = Json::from_cbor(description);
  const int code = found.at("code").get<int>();
  if (code < 0 || code >= kStatusCodes) throw std::runtime_error("its reader went astray");
  status = {static_cast<StatusCode>(code), found.at("message").get<std::string>()};
  if (status.ok()) network = unpack_network(found.at("network"), child);
  return true;
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
  const std::chrono::milliseconds time = processor_time(size);
  const pid_t child = ::fork();
  if (child == 0) read_and_send(path, reader, allowance, time, ends[1]);
  ::close(ends[1]);
  if (child < 0) {
    ::close(ends[0]);
    return failed("cannot start a process to read it: ");
  }
  Receiver pipe(ends[0], static_cast<std::size_t>(allowance), Clock::now() + kPatience + time);
  FileStatus status;
  NetworkWeights found;
  bool whole = false;
  const FileStatus astray = guarded(path, [&]() -> FileStatus {
    whole = receive(pipe, status, found);
    return {};
  });
  ::close(ends[0]);
  if (!whole) ::kill(child, SIGKILL);  // what has ended stays as it ended
  int outcome = 0;
  while (::waitpid(child, &outcome, 0) < 0 && errno == EINTR) {
  }
  if (pipe.is_late()) return file_failure(StatusCode::bad_file, path, "it takes too long to read");
  if (!astray.ok() && WIFSIGNALED(outcome) && WTERMSIG(outcome) == SIGKILL) return astray;
  if (!whole || outcome != 0) return file_failure(StatusCode::bad_file, path, ending_of(outcome));
  if (status.ok()) network = std::move(found);
  return status;
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
