#include "pinnscope/spectra/matrices/lapack.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>

extern "C" {
void sgebal_(const char*, const int*, float*, const int*, int*, int*, float*, int*, std::size_t);
void dgebal_(const char*, const int*, double*, const int*, int*, int*, double*, int*, std::size_t);
void sgehd2_(const int*, const int*, const int*, float*, const int*, float*, float*, int*);
void dgehd2_(const int*, const int*, const int*, double*, const int*, double*, double*, int*);
void slahqr_(const int*, const int*, const int*, const int*, const int*, float*, const int*, float*,
             float*, const int*, const int*, float*, const int*, int*);
void dlahqr_(const int*, const int*, const int*, const int*, const int*, double*, const int*,
             double*, double*, const int*, const int*, double*, const int*, int*);
void sgebd2_(const int*, const int*, float*, const int*, float*, float*, float*, float*, float*,
             int*);
void dgebd2_(const int*, const int*, double*, const int*, double*, double*, double*, double*,
             double*, int*);
void sbdsqr_(const char*, const int*, const int*, const int*, const int*, float*, float*, float*,
             const int*, float*, const int*, float*, const int*, float*, int*, std::size_t);
void dbdsqr_(const char*, const int*, const int*, const int*, const int*, double*, double*, double*,
             const int*, double*, const int*, double*, const int*, double*, int*, std::size_t);
void sorg2r_(const int*, const int*, const int*, float*, const int*, const float*, float*, int*);
void dorg2r_(const int*, const int*, const int*, double*, const int*, const double*, double*, int*);
void sorgl2_(const int*, const int*, const int*, float*, const int*, const float*, float*, int*);
void dorgl2_(const int*, const int*, const int*, double*, const int*, const double*, double*, int*);

// Only OpenBLAS has these; with another BLAS they are null.
__attribute__((weak)) void openblas_set_num_threads(int);
__attribute__((weak)) int openblas_get_num_threads(void);
__attribute__((weak)) char* openblas_get_config(void);
__attribute__((weak)) void* blas_memory_alloc(int);
__attribute__((weak)) void blas_memory_free(void*);
}

namespace pinnscope::lapack {
namespace {

/// The buffers that OpenBLAS has mapped. A call takes one that is free, or maps another and tries
/// again for ever where there is no room (driver/others/memory.c), so that here each is mapped
/// ahead of the call that may be the first to need it.
class Buffers {
 public:
  /// Whether there are `count`. Where one cannot be mapped those that were are kept.
  bool provide(std::size_t count) noexcept {
    if (blas_memory_alloc == nullptr || blas_memory_free == nullptr) return true;
    while (mapped_ < std::min(count, buffers_.size())) {
      if (!there_is_room()) return false;
      map_one();
    }
    return true;
  }

 private:
  /// Asks for what OpenBLAS is going to ask for, and gives it back.
  static bool there_is_room() noexcept {
    void* room =
        ::mmap(nullptr, kBufferBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return room != MAP_FAILED && ::munmap(room, kBufferBytes) == 0;
  }

  /// Takes buffers until one is new: known ones may be free, or in use by calls under way.
  void map_one() noexcept {
    std::array<void*, kMostBuffers> taken;
    std::size_t count = 0;
    const auto known = buffers_.begin() + static_cast<std::ptrdiff_t>(mapped_);
    do {
      taken[count] = blas_memory_alloc(0);
    } while (std::find(buffers_.begin(), known, taken[count++]) != known);
    buffers_[mapped_++] = taken[count - 1];
    while (count > 0) blas_memory_free(taken[--count]);
  }

  static constexpr std::size_t kMostBuffers = 64;  // half of what OpenBLAS counts without a warning
  std::array<void*, kMostBuffers> buffers_{};
  std::size_t mapped_ = 0;
};

/// Keeps OpenBLAS on the calling thread while any call of ours is under way, and gives the caller's
/// setting back when the last one ends. The count is shared since OpenBLAS's setting is global, as
/// are its buffers.
class SingleThreaded {
 public:
  SingleThreaded() noexcept {
    const Locked locked;
    ready_ = buffers_.provide(++calls_);
    if (calls_ == 1 && sets_threads()) {
      callers_threads_ = openblas_get_num_threads();
      openblas_set_num_threads(1);
    }
  }
  ~SingleThreaded() {
    const Locked locked;
    if (--calls_ == 0 && sets_threads()) openblas_set_num_threads(callers_threads_);
  }
  SingleThreaded(const SingleThreaded&) = delete;
  SingleThreaded& operator=(const SingleThreaded&) = delete;

  /// Whether BLAS has the memory for this call.
  bool ready() const noexcept { return ready_; }

  static bool provide(std::size_t calls) noexcept {
    const Locked locked;
    return buffers_.provide(calls);
  }

 private:
  struct Locked {
    Locked() noexcept {
      while (busy_.test_and_set(std::memory_order_acquire)) busy_.wait(true);
    }
    ~Locked() {
      busy_.clear(std::memory_order_release);
      busy_.notify_one();
    }
  };

  static bool sets_threads() noexcept {
    return openblas_set_num_threads != nullptr && openblas_get_num_threads != nullptr;
  }

  static inline std::atomic_flag busy_{};
  static inline std::size_t calls_ = 0;
  static inline int callers_threads_ = 1;
  static inline Buffers buffers_{};
  bool ready_ = false;
};

/// The routines of one precision, so that what calls them is written once.
template <class T>
struct Routines;

template <>
struct Routines<float> {
  static constexpr auto gebal = sgebal_;
  static constexpr auto gehd2 = sgehd2_;
  static constexpr auto lahqr = slahqr_;
  static constexpr auto gebd2 = sgebd2_;
  static constexpr auto bdsqr = sbdsqr_;
  static constexpr auto org2r = sorg2r_;
  static constexpr auto orgl2 = sorgl2_;
};

template <>
struct Routines<double> {
  static constexpr auto gebal = dgebal_;
  static constexpr auto gehd2 = dgehd2_;
  static constexpr auto lahqr = dlahqr_;
  static constexpr auto gebd2 = dgebd2_;
  static constexpr auto bdsqr = dbdsqr_;
  static constexpr auto org2r = dorg2r_;
  static constexpr auto orgl2 = dorgl2_;
};

Status outcome(int info) noexcept {
  return {info == 0 ? StatusCode::ok : StatusCode::not_converged, info};
}

template <class T>
Status eigenvalues_as(MatrixView<T> a, VectorView<T> real, VectorView<T> imaginary,
                      VectorView<T> work) noexcept {
  assert(a.rows == a.columns && real.size() == a.rows && imaginary.size() == a.rows);
  assert(work.size() >= eigenvalue_work_size(a.rows));
  if (a.empty()) return {};
  const int n = static_cast<int>(a.rows);
  const int stride = static_cast<int>(a.stride);
  const VectorView<T> scale = work.subspan(0, a.rows);
  const VectorView<T> factors = work.subspan(a.rows, a.rows);
  const VectorView<T> scratch = work.subspan(2 * a.rows, a.rows);
  int first = 0;  // rows first..last are what balancing could not split off; counted from 1
  int last = 0;
  int info = 0;
  const SingleThreaded guard;
  if (!guard.ready()) return {StatusCode::out_of_memory};
  Routines<T>::gebal("B", &n, a.data, &stride, &first, &last, scale.data(), &info, 1);
  Routines<T>::gehd2(&n, &first, &last, a.data, &stride, factors.data(), scratch.data(), &info);
  for (int i = 0; i < n; ++i) {
    if (i + 1 >= first && i < last) continue;
    const auto k = static_cast<std::size_t>(i);
    real[k] = a(k, k);
    imaginary[k] = 0;
  }
  const int no = 0;
  const int one = 1;
  Routines<T>::lahqr(&no, &no, &n, &first, &last, a.data, &stride, real.data(), imaginary.data(),
                     &one, &n, nullptr, &one, &info);
  return outcome(info);
}

template <class T>
Status singular_values_as(MatrixView<T> a, VectorView<T> values, VectorView<T> work) noexcept {
  const std::size_t smaller = std::min(a.rows, a.columns);
  assert(values.size() == smaller);
  assert(work.size() >= singular_value_work_size(a.rows, a.columns));
  if (a.empty()) return {};
  const int m = static_cast<int>(a.rows);
  const int n = static_cast<int>(a.columns);
  const int k = static_cast<int>(smaller);
  const int stride = static_cast<int>(a.stride);
  const VectorView<T> off_diagonal = work.subspan(0, smaller);
  const VectorView<T> left = work.subspan(smaller, smaller);
  const VectorView<T> right = work.subspan(2 * smaller, smaller);
  const VectorView<T> scratch = work.subspan(3 * smaller);  // max(m, n) here, 4 k below
  const int none = 0;
  const int one = 1;
  int info = 0;
  const SingleThreaded guard;
  if (!guard.ready()) return {StatusCode::out_of_memory};
  Routines<T>::gebd2(&m, &n, a.data, &stride, values.data(), off_diagonal.data(), left.data(),
                     right.data(), scratch.data(), &info);
  Routines<T>::bdsqr(m >= n ? "U" : "L", &k, &none, &none, &none, values.data(),
                     off_diagonal.data(), nullptr, &one, nullptr, &one, nullptr, &one,
                     scratch.data(), &info, 1);
  return outcome(info);
}

/// The reflections that GEBD2 left to the right of the superdiagonal, as the matrix of their
/// product: 1 beside the (n - 1) x (n - 1) matrix that ORGL2 makes of the shifted rows.
template <class T>
void right_reflections(MatrixView<const T> a, VectorView<const T> factors, MatrixView<T> right,
                       VectorView<T> scratch) noexcept {
  const std::size_t n = right.rows;
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) right(i, j) = i > 0 && j > 0 ? a(i - 1, j) : T(i == j);
  }
  if (n < 2) return;
  const int below = static_cast<int>(n - 1);
  const int stride = static_cast<int>(right.stride);
  int info = 0;
  Routines<T>::orgl2(&below, &below, &below, &right(1, 1), &stride, factors.data(), scratch.data(),
                     &info);
}

template <class T>
Status singular_vectors_as(MatrixView<T> a, VectorView<T> values, MatrixView<T> right,
                           VectorView<T> work) noexcept {
  assert(a.rows >= a.columns && values.size() == a.columns);
  assert(right.rows == a.columns && right.columns == a.columns);
  assert(work.size() >= singular_value_work_size(a.rows, a.columns));
  if (a.empty()) return {};
  const std::size_t smaller = a.columns;
  const int m = static_cast<int>(a.rows);
  const int n = static_cast<int>(smaller);
  const int stride = static_cast<int>(a.stride);
  const int right_stride = static_cast<int>(right.stride);
  const VectorView<T> off_diagonal = work.subspan(0, smaller);
  const VectorView<T> left_factors = work.subspan(smaller, smaller);
  const VectorView<T> right_factors = work.subspan(2 * smaller, smaller);
  const VectorView<T> scratch = work.subspan(3 * smaller);
  const int none = 0;
  const int one = 1;
  int info = 0;
  const SingleThreaded guard;
  if (!guard.ready()) return {StatusCode::out_of_memory};
  Routines<T>::gebd2(&m, &n, a.data, &stride, values.data(), off_diagonal.data(),
                     left_factors.data(), right_factors.data(), scratch.data(), &info);
  right_reflections<T>(a, right_factors, right, scratch);
  Routines<T>::org2r(&m, &n, &n, a.data, &stride, left_factors.data(), scratch.data(), &info);
  Routines<T>::bdsqr("U", &n, &n, &m, &none, values.data(), off_diagonal.data(), right.data,
                     &right_stride, a.data, &stride, nullptr, &one, scratch.data(), &info, 1);
  return outcome(info);
}

}  // namespace

Status eigenvalues(MatrixView<float> a, VectorView<float> real, VectorView<float> imaginary,
                   VectorView<float> work) noexcept {
  return eigenvalues_as(a, real, imaginary, work);
}
Status eigenvalues(MatrixView<double> a, VectorView<double> real, VectorView<double> imaginary,
                   VectorView<double> work) noexcept {
  return eigenvalues_as(a, real, imaginary, work);
}

Status singular_values(MatrixView<float> a, VectorView<float> values,
                       VectorView<float> work) noexcept {
  return singular_values_as(a, values, work);
}
Status singular_values(MatrixView<double> a, VectorView<double> values,
                       VectorView<double> work) noexcept {
  return singular_values_as(a, values, work);
}

Status singular_vectors(MatrixView<float> a, VectorView<float> values, MatrixView<float> right,
                        VectorView<float> work) noexcept {
  return singular_vectors_as(a, values, right, work);
}
Status singular_vectors(MatrixView<double> a, VectorView<double> values, MatrixView<double> right,
                        VectorView<double> work) noexcept {
  return singular_vectors_as(a, values, right, work);
}

Status provide_buffers(std::size_t calls) noexcept {
  return {SingleThreaded::provide(calls) ? StatusCode::ok : StatusCode::out_of_memory};
}

const char* blas_description() noexcept {
  return openblas_get_config == nullptr ? "unknown" : openblas_get_config();
}

}  // namespace pinnscope::lapack
