#pragma once

#include <cstdint>

namespace pinnscope {

/// Outcomes of a computation. Misuse of the interface is not among them: it asserts.
enum class StatusCode : std::uint8_t {
  ok,
  empty_input,
  shape_mismatch,
  not_finite,
  degenerate,
  out_of_range,
  not_converged,
  unstable,
  out_of_memory,
  bad_file,
  unsupported,
};

/// Number of codes: the last one plus one.
inline constexpr int kStatusCodes = static_cast<int>(StatusCode::unsupported) + 1;

/// What a code means, as half a sentence without a full stop.
constexpr const char* text(StatusCode code) noexcept {
  switch (code) {
    case StatusCode::ok: return "ok";
    case StatusCode::empty_input: return "the input is empty";
    case StatusCode::shape_mismatch: return "the shapes do not match";
    case StatusCode::not_finite: return "a value is not finite";
    case StatusCode::degenerate: return "the input has no spread";
    case StatusCode::out_of_range: return "an argument is out of range";
    case StatusCode::not_converged: return "the iteration did not converge";
    case StatusCode::unstable: return "the scheme is unstable";
    case StatusCode::out_of_memory: return "the arena is too small";
    case StatusCode::bad_file: return "the file is damaged";
    case StatusCode::unsupported: return "not supported";
  }
  return "unknown status";
}

/// The outcome of a function that can fail for a numerical or data reason. `info` keeps what LAPACK
/// (or the index of the offending entry) said; it is 0 where there is nothing to say.
struct [[nodiscard]] Status {
  StatusCode code = StatusCode::ok;
  int info = 0;

  constexpr bool ok() const noexcept { return code == StatusCode::ok; }
  constexpr const char* text() const noexcept { return pinnscope::text(code); }
  friend constexpr bool operator==(const Status&, const Status&) noexcept = default;
};

}  // namespace pinnscope
