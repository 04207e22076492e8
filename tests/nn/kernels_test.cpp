#include "pinnscope/nn/kernels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "closed_forms.hpp"
#include "network.hpp"
#include "support/allocation.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;

namespace {

constexpr std::array<std::size_t, 6> kPanelCounts{0, 1, 3, 4, 5, 9};
constexpr std::array<std::size_t, 8> kWidths{1, 2, 3, 5, 7, 16, 20, 100};

template <class T>
constexpr long double kEpsilon = std::numeric_limits<T>::epsilon();

/// Numbers on a cache line, as many as fill `panels` panels of `width`, and a panel of sevens
/// behind them that nobody may touch.
template <class T>
class Panels {
 public:
  Panels(std::size_t panels, std::size_t width, T filling = 0)
      : width_(width), blocks_((panels + 1) * width) {
    std::fill_n(data(), panels * width * kPanelRows<T>, filling);
    std::fill_n(data() + panels * width * kPanelRows<T>, width * kPanelRows<T>, T(7));
  }

  /// Uniform in (-scale, scale).
  static Panels random(std::size_t panels, std::size_t width, std::uint64_t seed, T scale = 1) {
    Panels result(panels, width);
    const auto numbers = test::random_numbers<T>(result.size(), seed);
    for (std::size_t i = 0; i < numbers.size(); ++i) result[i] = scale * numbers[i];
    return result;
  }

  T* data() { return blocks_.data()->entries.data(); }
  const T* data() const { return blocks_.data()->entries.data(); }
  std::size_t size() const { return blocks_.size() * kPanelRows<T> - width_ * kPanelRows<T>; }
  T& operator[](std::size_t i) { return data()[i]; }
  const T& operator[](std::size_t i) const { return data()[i]; }
  const T& operator()(std::size_t panel, std::size_t column, std::size_t row) const {
    return data()[(panel * width_ + column) * kPanelRows<T> + row];
  }
  bool guarded() const {
    return std::all_of(data() + size(), data() + size() + width_ * kPanelRows<T>,
                       [](T entry) { return entry == 7; });
  }
  friend bool operator==(const Panels& a, const Panels& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
  }

 private:
  struct alignas(kBlockAlignment) Block {
    std::array<T, kPanelRows<T>> entries;
  };
  std::size_t width_;
  std::vector<Block> blocks_;
};

/// A sum and what its rounding is measured by: the sum of the magnitudes.
struct Sum {
  long double value = 0;
  long double size = 0;
  void add(long double term) {
    value += term;
    size += std::fabs(term);
  }
  /// |result - value| in units of `roundings` epsilon times the magnitudes: at most 1 if right.
  template <class T>
  long double error(T result, std::size_t roundings) const {
    const long double difference = std::fabs(static_cast<long double>(result) - value);
    if (difference == 0) return 0;
    // Not the other way round: a NaN is wrong.
    const long double bound = static_cast<long double>(roundings) * kEpsilon<T> * size;
    return difference <= bound ? difference / bound : 2;
  }
};

template <class T>
using Plan = StreamPlan<T>;

/// The plans that a network meets, from the value alone to operators of several products.
template <class T>
std::vector<Plan<T>> plans() {
  std::vector<Plan<T>> all{Plan<T>{}, plan_of<T>({dx}), plan_of<T>({dx, dt, dxx}),
                           plan_of<T>({dxt}), plan_of<T>({dxx, dxt, dtt})};
  Plan<T> operator_alone;  // of first order: no products
  operator_alone.derivatives = 1;
  all.push_back(operator_alone);
  Plan<T> burgers = plan_of<T>({dx});
  burgers.derivatives = 2;
  burgers.add({1, 0, 0, T(-0.003)});
  all.push_back(burgers);
  Plan<T> several = plan_of<T>({dx, dt, dxx});
  several.derivatives = 4;
  several.add({3, 0, 0, T(2)});
  several.add({3, 1, 1, T(-0.5)});
  several.add({3, 0, 1, T(1.25)});
  all.push_back(several);
  return all;
}

/// A derivative of f times another number, with the rounding of the derivative.
void add_product(Sum& sum, const test::ClosedForm& function, std::size_t order, long double other) {
  sum.value += function.f[order] * other;
  sum.size += function.size[order] * std::fabs(other);
}

/// The streams of a layer at one entry: the value, then the derivatives.
template <class T>
struct Layer {
  Layer(std::size_t panel_count, std::size_t neurons, const Plan<T>& plan, std::uint64_t seed)
      : panels(panel_count),
        width(neurons),
        derivatives(plan.derivatives),
        values(Panels<T>::random(panels, width, seed, T(2))),
        slopes(Panels<T>::random(panels * derivatives, width, seed + 1)) {}

  Streams<const T> view() const { return {values.data(), slopes.data()}; }
  Streams<T> view() { return {values.data(), slopes.data()}; }
  std::size_t index(std::size_t entry, std::size_t stream) const {
    const std::size_t size = width * kPanelRows<T>;
    return (entry / size * derivatives + stream) * size + entry % size;
  }
  T slope(std::size_t entry, std::size_t stream) const { return slopes[index(entry, stream)]; }
  bool guarded() const { return values.guarded() && slopes.guarded(); }
  friend bool operator==(const Layer& a, const Layer& b) {
    return a.values == b.values && a.slopes == b.slopes;
  }

  std::size_t panels;
  std::size_t width;
  std::size_t derivatives;
  Panels<T> values;
  Panels<T> slopes;
};

/// The largest error of a layer, in units of its bound, against twin(entry, sums): sums[0] is the
/// value, sums[1 + s] stream s.
template <class T, class Twin>
long double worst_error(const Layer<T>& layer, Twin&& twin) {
  long double worst = 0;
  for (std::size_t entry = 0; entry < layer.values.size(); ++entry) {
    std::vector<Sum> sums(1 + layer.derivatives);
    twin(entry, sums);
    worst = std::max(worst, sums[0].error(layer.values[entry], 16));
    for (std::size_t s = 0; s < layer.derivatives; ++s) {
      worst = std::max(worst, sums[1 + s].error(layer.slope(entry, s), 16));
    }
  }
  return worst;
}

/// <x, y>, over all streams.
double inner_product(const Layer<double>& x, const Layer<double>& y) {
  double sum = 0;
  for (std::size_t i = 0; i < x.values.size(); ++i) sum += x.values[i] * y.values[i];
  for (std::size_t i = 0; i < x.slopes.size(); ++i) sum += x.slopes[i] * y.slopes[i];
  return sum;
}

Layer<double> moved(Layer<double> z, double h, const Layer<double>& direction) {
  for (std::size_t i = 0; i < z.values.size(); ++i) z.values[i] += h * direction.values[i];
  for (std::size_t i = 0; i < z.slopes.size(); ++i) z.slopes[i] += h * direction.slopes[i];
  return z;
}

template <class T>
bool same_bits(T a, T b) {
  return std::memcmp(&a, &b, sizeof(T)) == 0;
}

/// Every kind of kernels against plain sums.
template <class T>
void check_gradient(std::size_t rows, std::size_t columns, std::size_t panels,
                    std::size_t derivatives) {
  CAPTURE(rows, columns, panels, derivatives);
  const auto before = test::random_numbers<T>(rows * columns, 11);
  const auto a = Panels<T>::random(panels, rows, 12);
  const auto a_slopes = Panels<T>::random(panels * derivatives, rows, 13);
  const auto z = Panels<T>::random(panels, columns, 14);
  const auto z_slopes = Panels<T>::random(panels * derivatives, columns, 15);
  Panels<T> packed(packed_entries<T>(panels, derivatives) / kPanelRows<T>, 1);
  std::vector<std::vector<T>> results;
  for (const Kernels<T>* kernel : available<Kernels<T>>()) {
    results.push_back(before);
    results.back().push_back(T(7));
    kernel->accumulate({panels,
                        derivatives,
                        rows,
                        columns,
                        {a.data(), a_slopes.data()},
                        {z.data(), z_slopes.data()},
                        results.back().data(),
                        packed.data()});
    REQUIRE(results.back().back() == 7);
  }
  const std::size_t terms = panels * (1 + derivatives) * kPanelRows<T>;
  long double worst = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    Sum sum;
    sum.add(before[i]);
    const auto add = [&](const Panels<T>& left, const Panels<T>& right, std::size_t count) {
      for (std::size_t p = 0; p < count; ++p) {
        for (std::size_t r = 0; r < kPanelRows<T>; ++r) {
          sum.add(static_cast<long double>(left(p, i % rows, r)) * right(p, i / rows, r));
        }
      }
    };
    add(a, z, panels);
    add(a_slopes, z_slopes, panels * derivatives);
    for (const auto& result : results) {
      worst = std::max(worst, sum.error(result[i], terms + 1));
      if (panels == 0) REQUIRE(same_bits(result[i], before[i]));
    }
  }
  REQUIRE(worst <= 1);
}

}  // namespace

TEMPLATE_TEST_CASE("every kind of kernels multiplies panels as its plain twin does", "", float,
                   double) {
  using T = TestType;
  for (const std::size_t rows : kWidths) {
    for (const std::size_t columns : kWidths) {
      const auto b = test::random_numbers<T>(rows * columns, 10 * rows + columns);
      const auto biases = test::random_numbers<T>(columns, rows + columns);
      for (const std::size_t panels : kPanelCounts) {
        const auto a = Panels<T>::random(panels, rows, panels);
        for (const bool transposed : {false, true}) {
          for (const bool biased : {false, true}) {
            CAPTURE(rows, columns, panels, transposed, biased);
            PanelProduct<T> product{.panels = panels,
                                    .rows = rows,
                                    .columns = columns,
                                    .a = a.data(),
                                    .b = b.data(),
                                    .row_stride = transposed ? columns : 1,
                                    .column_stride = transposed ? 1 : rows,
                                    .biases = biased ? biases.data() : nullptr,
                                    .z = nullptr};
            std::vector<Panels<T>> results;
            for (const Kernels<T>* kernel : available<Kernels<T>>()) {
              results.emplace_back(panels, columns, T(-3));
              product.z = results.back().data();
              kernel->multiply(product);
              REQUIRE(results.back().guarded());
            }
            long double worst = 0;
            for (std::size_t i = 0; i < panels * columns * kPanelRows<T>; ++i) {
              const std::size_t panel = i / kPanelRows<T> / columns;
              const std::size_t c = i / kPanelRows<T> % columns;
              Sum sum;
              if (biased) sum.add(biases[c]);
              for (std::size_t k = 0; k < rows; ++k) {
                sum.add(static_cast<long double>(a(panel, k, i % kPanelRows<T>)) *
                        b[k * product.row_stride + c * product.column_stride]);
              }
              for (const auto& z : results) worst = std::max(worst, sum.error(z[i], rows + 1));
            }
            REQUIRE(worst <= 1);
          }
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("a point has the same bits alone as in its panel", "", float, double) {
  using T = TestType;
  for (const Kernels<T>* kernel : available<Kernels<T>>()) {
    INFO(kernel->name);
    for (const std::size_t rows : kWidths) {
      for (const std::size_t columns : kWidths) {
        for (const bool biased : {false, true}) {
          CAPTURE(rows, columns, biased);
          const auto a = Panels<T>::random(5, rows, 4);
          const auto b = test::random_numbers<T>(rows * columns, 5);
          const auto biases = test::random_numbers<T>(columns, 6);
          const T* bias = biased ? biases.data() : nullptr;
          Panels<T> z(5, columns);
          kernel->multiply({5, rows, columns, a.data(), b.data(), 1, rows, bias, z.data()});
          const std::size_t padded = panel_count<T>(columns);
          bool same = true;
          for (const std::size_t panel : {0u, 4u}) {
            for (const std::size_t row : {std::size_t{0}, kPanelRows<T> - 1}) {
              std::vector<T> point(rows);
              for (std::size_t k = 0; k < rows; ++k) point[k] = a(panel, k, row);
              Panels<T> alone(padded, 1, T(-3));
              kernel->multiply_point(point.data(), b.data(), rows, columns, bias, alone.data());
              REQUIRE(alone.guarded());
              for (std::size_t c = 0; c < padded * kPanelRows<T>; ++c) {
                same = same && same_bits(alone[c], c < columns ? z(panel, c, row) : T(0));
              }
            }
          }
          REQUIRE(same);
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("every kind of kernels adds the gradient of a product to what is there", "",
                   float, double) {
  for (const std::size_t rows : kWidths) {
    for (const std::size_t columns : kWidths) {
      for (const std::size_t panels : kPanelCounts) {
        for (const std::size_t derivatives : {0u, 1u, 2u, 3u}) {
          check_gradient<TestType>(rows, columns, panels, derivatives);
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("a gradient may be of more panels and columns than a cache keeps", "", float,
                   double) {
  check_gradient<TestType>(7, 100, 17, 3);
  check_gradient<TestType>(5, 300, 16, 3);
}

TEMPLATE_TEST_CASE("every kind of kernels adds the sums of columns to what is there", "", float,
                   double) {
  using T = TestType;
  for (const Kernels<T>* kernel : available<Kernels<T>>()) {
    INFO(kernel->name);
    for (const std::size_t columns : kWidths) {
      for (const std::size_t panels : kPanelCounts) {
        CAPTURE(columns, panels);
        const auto z = Panels<T>::random(panels, columns, 16);
        const auto before = test::random_numbers<T>(columns, 17);
        std::vector<T> sums = before;
        sums.push_back(T(7));
        kernel->accumulate_sums(panels, columns, z.data(), sums.data());
        REQUIRE(sums.back() == 7);
        for (std::size_t c = 0; c < columns; ++c) {
          Sum sum;
          sum.add(before[c]);
          for (std::size_t i = 0; i < panels * kPanelRows<T>; ++i) {
            sum.add(z(i / kPanelRows<T>, c, i % kPanelRows<T>));
          }
          REQUIRE(sum.error(sums[c], panels * kPanelRows<T> + 1) <= 1);
        }
      }
    }
  }
}

/// The way back from z, with what the way there keeps.
template <class T>
void go_back(const Kernels<T>& kernel, const LayerActivation<T>& layer,
             const std::type_identity_t<Streams<const T>>& z, Streams<T> adjoint) {
  Panels<T> values(layer.panels, layer.width);
  Panels<T> first(layer.panels, layer.width);
  kernel.activate_values(layer, z.values, values.data(), first.data());
  kernel.activate_adjoint(layer, {values.data(), first.data(), z.derivatives}, adjoint);
}

TEMPLATE_TEST_CASE("every activation takes every plan of streams as its plain twin does", "", float,
                   double) {
  using T = TestType;
  const ActivationParameters parameters = test::other_parameters<T>();
  for (const Kernels<T>* kernel : available<Kernels<T>>()) {
    for (const Activation activation : kActivations) {
      for (std::size_t index = 0; index < plans<T>().size(); ++index) {
        const Plan<T> plan = plans<T>()[index];
        for (const std::size_t panels : {0u, 1u, 3u}) {
          for (const std::size_t width : {1u, 3u, 20u}) {
            INFO(kernel->name << ", " << text(activation));
            CAPTURE(index, panels, width);
            Layer<T> z(panels, width, plan, 21);
            if (panels > 0) z.values[0] = 0;
            Layer<T> a(panels, width, plan, 22);
            kernel->activate({activation, parameters, plan, panels, width}, std::as_const(z).view(),
                             a.view());
            REQUIRE(a.guarded());
            const long double worst =
                worst_error(a, [&](std::size_t entry, std::vector<Sum>& sums) {
                  const auto f = test::closed_form(activation, z.values[entry], parameters);
                  add_product(sums[0], f, 0, 1);
                  for (std::size_t s = 0; s < plan.derivatives; ++s) {
                    add_product(sums[1 + s], f, 1, z.slope(entry, s));
                  }
                  for (std::size_t q = 0; q < plan.product_count; ++q) {
                    const auto& product = plan.products[q];
                    add_product(sums[1 + product.stream], f, 2,
                                static_cast<long double>(product.coefficient) *
                                    z.slope(entry, product.i) * z.slope(entry, product.j));
                  }
                });
            CHECK(worst <= 1);
            Layer<T> in_place = z;
            kernel->activate({activation, parameters, plan, panels, width},
                             std::as_const(in_place).view(), in_place.view());
            CHECK(in_place.guarded());
            CHECK(in_place == a);
            // Values and derivatives one after the other: the same bits.
            Layer<T> parts = z;
            Panels<T> first(panels, width);
            const LayerActivation<T> layer{activation, parameters, plan, panels, width};
            kernel->activate_values(layer, parts.values.data(), parts.values.data(), first.data());
            kernel->activate_derivatives(
                layer, {parts.values.data(), first.data(), z.slopes.data()}, parts.slopes.data());
            CHECK(parts.guarded());
            CHECK(first.guarded());
            CHECK(parts == a);
          }
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("adjoints go back through every activation as their plain twin says", "", float,
                   double) {
  using T = TestType;
  const ActivationParameters parameters = test::other_parameters<T>();
  for (const Kernels<T>* kernel : available<Kernels<T>>()) {
    for (const Activation activation : kActivations) {
      for (std::size_t index = 0; index < plans<T>().size(); ++index) {
        const Plan<T> plan = plans<T>()[index];
        for (const std::size_t panels : {0u, 1u, 3u}) {
          for (const std::size_t width : {1u, 3u, 20u}) {
            INFO(kernel->name << ", " << text(activation));
            CAPTURE(index, panels, width);
            Layer<T> z(panels, width, plan, 31);
            if (panels > 0) z.values[0] = 0;
            const Layer<T> bar(panels, width, plan, 33);
            Layer<T> result = bar;
            go_back(*kernel, {activation, parameters, plan, panels, width}, std::as_const(z).view(),
                    result.view());
            REQUIRE(result.guarded());
            const long double worst =
                worst_error(result, [&](std::size_t entry, std::vector<Sum>& sums) {
                  const auto f = test::closed_form(activation, z.values[entry], parameters);
                  add_product(sums[0], f, 1, bar.values[entry]);
                  for (std::size_t s = 0; s < plan.derivatives; ++s) {
                    const long double bar_s = bar.slope(entry, s);
                    add_product(sums[0], f, 2, bar_s * z.slope(entry, s));
                    add_product(sums[1 + s], f, 1, bar_s);
                  }
                  for (std::size_t q = 0; q < plan.product_count; ++q) {
                    const auto& [s, i, j, coefficient] = plan.products[q];
                    const long double t =
                        static_cast<long double>(coefficient) * bar.slope(entry, s);
                    add_product(sums[0], f, 3, t * z.slope(entry, i) * z.slope(entry, j));
                    add_product(sums[1 + i], f, 2, t * z.slope(entry, j));
                    add_product(sums[1 + j], f, 2, t * z.slope(entry, i));
                  }
                });
            CHECK(worst <= 1);
          }
        }
      }
    }
  }
}

TEST_CASE("an activation and its adjoint are adjoint: <abar, da> = <zbar, dz>") {
  const std::size_t width = 5;
  const std::size_t panels = 2;
  for (const Kernels<double>* kernel : available<Kernels<double>>()) {
    for (const Activation activation : kActivations) {
      for (std::size_t index = 0; index < plans<double>().size(); ++index) {
        INFO(kernel->name << ", " << text(activation));
        CAPTURE(index);
        const Plan<double> plan = plans<double>()[index];
        Layer<double> z(panels, width, plan, 41);
        // A kink within reach of the difference has no derivative.
        for (std::size_t i = 0; i < z.values.size(); ++i) {
          if (std::fabs(z.values[i]) < 0.01) z.values[i] = 0.01;
        }
        const Layer<double> dz(panels, width, plan, 43);
        const Layer<double> abar(panels, width, plan, 45);
        const auto difference = [&](double h) {
          Layer<double> ahead = moved(z, h, dz);
          Layer<double> behind = moved(z, -h, dz);
          for (Layer<double>* side : {&ahead, &behind}) {
            kernel->activate({activation, test::other_parameters<double>(), plan, panels, width},
                             std::as_const(*side).view(), side->view());
          }
          return (inner_product(abar, ahead) - inner_product(abar, behind)) / (2 * h);
        };
        const double h = 2e-3;
        const double differenced = (4 * difference(h / 2) - difference(h)) / 3;
        Layer<double> zbar = abar;
        go_back(*kernel, {activation, test::other_parameters<double>(), plan, panels, width},
                std::as_const(z).view(), zbar.view());
        CHECK(test::close(inner_product(zbar, dz), differenced, 1e-9));
      }
    }
  }
}

TEMPLATE_TEST_CASE("an entry's bits do not depend on what stands in other points", "", float,
                   double) {
  using T = TestType;
  const std::size_t panels = 5;
  const std::size_t width = 7;
  const Plan<T> plan = plans<T>().back();
  const auto weights = test::random_numbers<T>(width * width, 51);
  for (const Kernels<T>* kernel : available<Kernels<T>>()) {
    for (const Activation activation : kActivations) {
      INFO(kernel->name << ", " << text(activation));
      // What becomes of a layer and of its adjoint: all that goes point by point.
      const auto computed = [&](const Layer<T>& z, const Layer<T>& bar) {
        std::array<Layer<T>, 3> results{z, z, bar};
        for (const bool slopes : {false, true}) {
          const auto& from = slopes ? z.slopes : z.values;
          auto& to = slopes ? results[0].slopes : results[0].values;
          kernel->multiply({slopes ? panels * plan.derivatives : panels, width, width, from.data(),
                            weights.data(), 1, width, nullptr, to.data()});
        }
        kernel->activate({activation, test::other_parameters<T>(), plan, panels, width}, z.view(),
                         results[1].view());
        go_back(*kernel, {activation, test::other_parameters<T>(), plan, panels, width}, z.view(),
                results[2].view());
        return results;
      };
      const Layer<T> z(panels, width, plan, 52);
      const Layer<T> bar(panels, width, plan, 54);
      const auto together = computed(z, bar);
      for (const std::size_t panel : {0u, 2u, 4u}) {
        for (const std::size_t row : {std::size_t{0}, kPanelRows<T> / 2, kPanelRows<T> - 1}) {
          CAPTURE(panel, row);
          const auto is_here = [&](std::size_t i, std::size_t streams) {
            return i / (width * kPanelRows<T> * streams) == panel && i % kPanelRows<T> == row;
          };
          Layer<T> z_alone = z;
          Layer<T> bar_alone = bar;
          for (Layer<T>* layer : {&z_alone, &bar_alone}) {
            for (std::size_t i = 0; i < layer->values.size(); ++i) {
              if (!is_here(i, 1)) layer->values[i] = std::numeric_limits<T>::quiet_NaN();
            }
            for (std::size_t i = 0; i < layer->slopes.size(); ++i) {
              if (!is_here(i, plan.derivatives)) {
                layer->slopes[i] = std::numeric_limits<T>::infinity();
              }
            }
          }
          const auto alone = computed(z_alone, bar_alone);
          bool same = true;
          for (std::size_t k = 0; k < alone.size(); ++k) {
            for (std::size_t i = 0; i < z.values.size(); ++i) {
              if (is_here(i, 1)) {
                same = same && same_bits(alone[k].values[i], together[k].values[i]);
              }
            }
            for (std::size_t i = 0; i < z.slopes.size(); ++i) {
              if (is_here(i, plan.derivatives)) {
                same = same && same_bits(alone[k].slopes[i], together[k].slopes[i]);
              }
            }
          }
          CHECK(same);
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("kernels allocate nothing", "", float, double) {
  using T = TestType;
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  const std::size_t width = 20;
  const Plan<T> plan = plans<T>().back();
  const Layer<T> z(3, width, plan, 61);
  Layer<T> a(3, width, plan, 63);
  Panels<T> values(3, width);
  Panels<T> first(3, width);
  std::vector<T> weights(width * width);
  Panels<T> packed(packed_entries<T>(3, plan.derivatives) / kPanelRows<T>, 1);
  for (const Kernels<T>* kernel : available<Kernels<T>>()) {
    INFO(kernel->name);
    REQUIRE(
        test::allocations_of([&] {
          kernel->multiply({3, width, width, z.values.data(), weights.data(), 1, width, nullptr,
                            a.values.data()});
          kernel->multiply_point(z.values.data(), weights.data(), width, width, nullptr,
                                 a.slopes.data());
          kernel->accumulate({3, plan.derivatives, width, width, z.view(), std::as_const(a).view(),
                              weights.data(), packed.data()});
          kernel->accumulate_sums(3, width, z.values.data(), weights.data());
          for (const Activation activation : kActivations) {
            kernel->activate({activation, test::other_parameters<T>(), plan, 3, width}, z.view(),
                             a.view());
            const LayerActivation<T> layer{activation, test::other_parameters<T>(), plan, 3, width};
            kernel->activate_values(layer, z.values.data(), values.data(), first.data());
            const ActivatedLayer<T> activated{values.data(), first.data(), z.slopes.data()};
            kernel->activate_derivatives(layer, activated, a.slopes.data());
            kernel->activate_adjoint(layer, activated, a.view());
          }
        }) == 0);
  }
}
