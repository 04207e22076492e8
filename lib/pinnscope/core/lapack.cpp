#include "pinnscope/core/lapack.hpp"

#include <atomic>
#include <cassert>

extern "C" {
void sgemm_(const char*, const char*, const int*, const int*, const int*, const float*,
            const float*, const int*, const float*, const int*, const float*, float*, const int*,
            std::size_t, std::size_t);
void dgemm_(const char*, const char*, const int*, const int*, const int*, const double*,
            const double*, const int*, const double*, const int*, const double*, double*,
            const int*, std::size_t, std::size_t);
void sgeev_(const char*, const char*, const int*, float*, const int*, float*, float*, float*,
            const int*, float*, const int*, float*, const int*, int*, std::size_t, std::size_t);
void dgeev_(const char*, const char*, const int*, double*, const int*, double*, double*, double*,
            const int*, double*, const int*, double*, const int*, int*, std::size_t, std::size_t);
void sgesdd_(const char*, const int*, const int*, float*, const int*, float*, float*, const int*,
             float*, const int*, float*, const int*, int*, int*, std::size_t);
void dgesdd_(const char*, const int*, const int*, double*, const int*, double*, double*, const int*,
             double*, const int*, double*, const int*, int*, int*, std::size_t);

// Only OpenBLAS has these; with another BLAS they are null.
__attribute__((weak)) void openblas_set_num_threads(int);
__attribute__((weak)) int openblas_get_num_threads(void);
__attribute__((weak)) char* openblas_get_config(void);
}

namespace pinnscope::lapack {
namespace {

/// Keeps OpenBLAS on the calling thread while any call of ours is under way, and gives the caller's
/// setting back when the last one ends. The count is shared since OpenBLAS's setting is global.
class SingleThreaded {
 public:
  SingleThreaded() noexcept {
    if (openblas_set_num_threads == nullptr || openblas_get_num_threads == nullptr) return;
    const Locked locked;
    if (calls_++ == 0) {
      callers_threads_ = openblas_get_num_threads();
      openblas_set_num_threads(1);
    }
  }
  ~SingleThreaded() {
    if (openblas_set_num_threads == nullptr || openblas_get_num_threads == nullptr) return;
    const Locked locked;
    if (--calls_ == 0) openblas_set_num_threads(callers_threads_);
  }
  SingleThreaded(const SingleThreaded&) = delete;
  SingleThreaded& operator=(const SingleThreaded&) = delete;

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

  static inline std::atomic_flag busy_{};
  static inline int calls_ = 0;
  static inline int callers_threads_ = 1;
};

void gemm(const char* ta, const char* tb, const int* m, const int* n, const int* k,
          const float* alpha, const float* a, const int* lda, const float* b, const int* ldb,
          const float* beta, float* c, const int* ldc) noexcept {
  sgemm_(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, 1, 1);
}
void gemm(const char* ta, const char* tb, const int* m, const int* n, const int* k,
          const double* alpha, const double* a, const int* lda, const double* b, const int* ldb,
          const double* beta, double* c, const int* ldc) noexcept {
  dgemm_(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, 1, 1);
}
void geev(int n, float* a, int lda, float* real, float* imaginary, float* work, int work_size,
          int* info) noexcept {
  const int one = 1;
  sgeev_("N", "N", &n, a, &lda, real, imaginary, nullptr, &one, nullptr, &one, work, &work_size,
         info, 1, 1);
}
void geev(int n, double* a, int lda, double* real, double* imaginary, double* work, int work_size,
          int* info) noexcept {
  const int one = 1;
  dgeev_("N", "N", &n, a, &lda, real, imaginary, nullptr, &one, nullptr, &one, work, &work_size,
         info, 1, 1);
}
void gesdd(int m, int n, float* a, int lda, float* values, float* work, int work_size,
           int* index_work, int* info) noexcept {
  const int one = 1;
  sgesdd_("N", &m, &n, a, &lda, values, nullptr, &one, nullptr, &one, work, &work_size, index_work,
          info, 1);
}
void gesdd(int m, int n, double* a, int lda, double* values, double* work, int work_size,
           int* index_work, int* info) noexcept {
  const int one = 1;
  dgesdd_("N", &m, &n, a, &lda, values, nullptr, &one, nullptr, &one, work, &work_size, index_work,
          info, 1);
}

int leading_dimension(std::size_t stride) noexcept {
  return stride == 0 ? 1 : static_cast<int>(stride);
}

template <class T>
void multiply_as(T alpha, MatrixView<const T> a, Transpose transpose_a, MatrixView<const T> b,
                 Transpose transpose_b, T beta, MatrixView<T> c) noexcept {
  const std::size_t inner = transpose_a == Transpose::yes ? a.rows : a.columns;
  assert((transpose_a == Transpose::yes ? a.columns : a.rows) == c.rows);
  assert((transpose_b == Transpose::yes ? b.rows : b.columns) == c.columns);
  assert((transpose_b == Transpose::yes ? b.columns : b.rows) == inner);
  if (c.empty()) return;
  const int m = static_cast<int>(c.rows);
  const int n = static_cast<int>(c.columns);
  const int k = static_cast<int>(inner);
  const int lda = leading_dimension(a.stride);
  const int ldb = leading_dimension(b.stride);
  const int ldc = leading_dimension(c.stride);
  const SingleThreaded guard;
  gemm(transpose_a == Transpose::yes ? "T" : "N", transpose_b == Transpose::yes ? "T" : "N", &m, &n,
       &k, &alpha, a.data, &lda, b.data, &ldb, &beta, c.data, &ldc);
}

template <class T>
std::size_t eigenvalue_work_size_as(std::size_t n) noexcept {
  if (n == 0) return 0;
  T best = 0;
  int info = 0;
  const int order = static_cast<int>(n);
  geev(order, static_cast<T*>(nullptr), order, static_cast<T*>(nullptr), static_cast<T*>(nullptr),
       &best, -1, &info);
  return static_cast<std::size_t>(best);
}

template <class T>
Status eigenvalues_as(MatrixView<T> a, VectorView<T> real, VectorView<T> imaginary,
                      VectorView<T> work) noexcept {
  assert(a.rows == a.columns && real.size() == a.rows && imaginary.size() == a.rows);
  if (a.empty()) return {};
  int info = 0;
  const SingleThreaded guard;
  geev(static_cast<int>(a.rows), a.data, leading_dimension(a.stride), real.data(), imaginary.data(),
       work.data(), static_cast<int>(work.size()), &info);
  return {info == 0 ? StatusCode::ok : StatusCode::not_converged, info};
}

template <class T>
std::size_t singular_value_work_size_as(std::size_t rows, std::size_t columns) noexcept {
  if (rows == 0 || columns == 0) return 0;
  T best = 0;
  int info = 0;
  int index_work = 0;
  gesdd(static_cast<int>(rows), static_cast<int>(columns), static_cast<T*>(nullptr),
        static_cast<int>(rows), static_cast<T*>(nullptr), &best, -1, &index_work, &info);
  return static_cast<std::size_t>(best);
}

template <class T>
Status singular_values_as(MatrixView<T> a, VectorView<T> values, VectorView<T> work,
                          VectorView<int> index_work) noexcept {
  assert(values.size() == (a.rows < a.columns ? a.rows : a.columns));
  assert(index_work.size() >= singular_value_index_size(a.rows, a.columns));
  if (a.empty()) return {};
  int info = 0;
  const SingleThreaded guard;
  gesdd(static_cast<int>(a.rows), static_cast<int>(a.columns), a.data, leading_dimension(a.stride),
        values.data(), work.data(), static_cast<int>(work.size()), index_work.data(), &info);
  return {info == 0 ? StatusCode::ok : StatusCode::not_converged, info};
}

}  // namespace

void multiply(float alpha, MatrixView<const float> a, Transpose transpose_a,
              MatrixView<const float> b, Transpose transpose_b, float beta,
              MatrixView<float> c) noexcept {
  multiply_as(alpha, a, transpose_a, b, transpose_b, beta, c);
}
void multiply(double alpha, MatrixView<const double> a, Transpose transpose_a,
              MatrixView<const double> b, Transpose transpose_b, double beta,
              MatrixView<double> c) noexcept {
  multiply_as(alpha, a, transpose_a, b, transpose_b, beta, c);
}

std::size_t eigenvalue_work_size(float, std::size_t n) noexcept {
  return eigenvalue_work_size_as<float>(n);
}
std::size_t eigenvalue_work_size(double, std::size_t n) noexcept {
  return eigenvalue_work_size_as<double>(n);
}
Status eigenvalues(MatrixView<float> a, VectorView<float> real, VectorView<float> imaginary,
                   VectorView<float> work) noexcept {
  return eigenvalues_as(a, real, imaginary, work);
}
Status eigenvalues(MatrixView<double> a, VectorView<double> real, VectorView<double> imaginary,
                   VectorView<double> work) noexcept {
  return eigenvalues_as(a, real, imaginary, work);
}

std::size_t singular_value_work_size(float, std::size_t rows, std::size_t columns) noexcept {
  return singular_value_work_size_as<float>(rows, columns);
}
std::size_t singular_value_work_size(double, std::size_t rows, std::size_t columns) noexcept {
  return singular_value_work_size_as<double>(rows, columns);
}
Status singular_values(MatrixView<float> a, VectorView<float> values, VectorView<float> work,
                       VectorView<int> index_work) noexcept {
  return singular_values_as(a, values, work, index_work);
}
Status singular_values(MatrixView<double> a, VectorView<double> values, VectorView<double> work,
                       VectorView<int> index_work) noexcept {
  return singular_values_as(a, values, work, index_work);
}

const char* blas_description() noexcept {
  return openblas_get_config == nullptr ? "unknown" : openblas_get_config();
}

}  // namespace pinnscope::lapack
