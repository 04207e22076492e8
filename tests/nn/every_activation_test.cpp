// Every activation of the list, in every kind of kernels.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "accuracy.hpp"
#include "closed_forms.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

/// f, f', f'', f''' of a chunk.
template <class T>
using Jets = std::array<test::Chunk<T>, 4>;

/// By a pass of the streams z_x = 1 and z_xx = 0, which gives f' and f'', and by the adjoint of
/// a_xx = 1, which gives f'''.
template <class T>
void jets(const Kernels<T>& kernel, Activation activation, const test::Chunk<T>& z,
          Jets<T>& results, const ActivationParameters& parameters = {}) {
  using namespace partial;
  constexpr std::size_t kWidth = test::kChunkPoints / kPanelRows<T>;
  const StreamPlan<T> plan = plan_of<T>({dxx});
  const LayerActivation<T> layer{activation, parameters, plan, 1, kWidth};
  std::array<test::Chunk<T>, 2> streams, activated;
  streams[0].entries.fill(1);
  streams[1].entries.fill(0);
  kernel.activate(layer, {z.entries.data(), streams[0].entries.data()},
                  {results[0].entries.data(), activated[0].entries.data()});
  results[1] = activated[0];
  results[2] = activated[1];
  test::Chunk<T> values, kept;
  kernel.activate_values(layer, z.entries.data(), values.entries.data(), kept.entries.data());
  std::array<test::Chunk<T>, 2> adjoints;
  adjoints[0].entries.fill(0);
  adjoints[1].entries.fill(1);
  results[3].entries.fill(0);
  kernel.activate_adjoint(layer,
                          {values.entries.data(), kept.entries.data(), streams[0].entries.data()},
                          {results[3].entries.data(), adjoints[0].entries.data()});
}

/// f, f', f'', f''' of one z that stands among others.
template <class T>
std::array<T, 4> jet_at(const Kernels<T>& kernel, Activation activation, T z) {
  Jets<T> results;
  jets(kernel, activation, test::among(z, T(0.3)), results);
  return {test::middle(results[0]), test::middle(results[1]), test::middle(results[2]),
          test::middle(results[3])};
}

/// |a - exact| in epsilons of the terms it is a sum of, where those are not below the normal
/// numbers; there, in epsilons of the least of these times a power of z.
template <class T>
double error(Activation activation, T a, long double exact, long double size, T z) {
  if (std::isnan(a)) return std::numeric_limits<double>::infinity();
  using Limits = std::numeric_limits<T>;
  const long double factor =
      std::pow(1 + std::fabs(static_cast<long double>(z)),
               test::kActivationForms[test::form_index(activation)].highest_power);
  const long double least = 2 * Limits::min() * factor;
  const long double unit = Limits::epsilon() * std::max(size, least);
  return static_cast<double>(std::fabs(static_cast<long double>(a) - exact) / unit);
}

template <class T>
double largest_error(Activation activation, const test::Chunk<T>& z, const Jets<T>& results,
                     const ActivationParameters& parameters) {
  double worst = 0;
  for (std::size_t i = 0; i < test::kChunkPoints; ++i) {
    const auto form = test::closed_form(activation, z.entries[i], parameters);
    for (std::size_t k = 0; k < 4; ++k) {
      worst = std::max(
          worst, error(activation, results[k].entries[i], form.f[k], form.size[k], z.entries[i]));
    }
  }
  return worst;
}

/// f and its derivatives at z.
struct Exact {
  Activation activation;
  double z;
  std::array<long double, 4> f;
};

// From the definitions alone, with 2000 digits: derivatives are differences in steps of 1e-300
// (mpmath 1.3).
constexpr Exact kExact[] = {
    {Activation::sigmoid,
     -700,
     {9.8596765437597708567e-305L, 9.8596765437597708567e-305L, 9.8596765437597708567e-305L,
      9.8596765437597708567e-305L}},
    {Activation::sigmoid,
     -36.5,
     {1.4068617124461465693e-16L, 1.4068617124461463714e-16L, 1.4068617124461459755e-16L,
      1.4068617124461451838e-16L}},
    {Activation::sigmoid,
     -5.25,
     {5.2201256935583971032e-3L, 5.1928759813018485668e-3L, 5.1386610506349364584e-3L,
      5.0310802155587587466e-3L}},
    {Activation::sigmoid,
     -0.75,
     {0.32082130082460702684L, 0.21789499376181402948L, 0.078084283078144408949L,
      -0.066974376076951819453L}},
    {Activation::sigmoid,
     0.0009765625,
     {0.50024414060559744821L, 0.24999994039536469851L, -1.2207027369490058843e-4L,
      -0.1249998807907507133L}},
    {Activation::sigmoid,
     1.4375,
     {0.80806721355276319874L, 0.15509459193383619453L, -0.095559117548319559181L,
      0.010768597251097191481L}},
    {Activation::sigmoid,
     9.5,
     {0.99992515377248938877L, 7.4840625552838660886e-5L, -7.4829422475864332432e-5L,
      7.4807018837439819643e-5L}},
    {Activation::silu,
     -700,
     {-6.9017735806318395997e-302L, -6.8919139040880798288e-302L, -6.882054227544320058e-302L,
      -6.8721945510005602871e-302L}},
    {Activation::silu,
     -36.5,
     {-5.135045250428434978e-15L, -4.9943590791838195987e-15L, -4.8536729079392035365e-15L,
      -4.7129867366945861284e-15L}},
    {Activation::silu,
     -5.25,
     {-0.027405659891181584792L, -0.022042473208276307873L, -0.016592218553229719273L,
      -0.010997187979778674044L}},
    {Activation::silu,
     -0.75,
     {-0.24061597561845527013L, 0.15740005550324650473L, 0.37722677521501975225L,
      0.28448363129214709144L}},
    {Activation::silu,
     0.0009765625,
     {4.8851966856015375802e-4L, 0.50048828117238979655L, 0.49999976158147774185L,
      -4.8828101716941925876e-4L}},
    {Activation::silu,
     1.4375,
     {1.1615966194820970982L, 1.0310156894576527284L, 0.17282295239196302273L,
      -0.27119749409650646479L}},
    {Activation::silu,
     9.5,
     {9.4992889608386491933L, 1.000636139715241356L, -5.6119826241503383633e-4L,
      4.8617841152808528931e-4L}},
    {Activation::gelu,
     -36.5,
     {-2.0238248852723182621e-290L, -7.3869525384597987024e-289L, -2.6942108179906753523e-287L,
      -9.8190844911376192887e-286L}},
    {Activation::gelu,
     -5.25,
     {-3.9926042711565749819e-7L, -2.0913976638658620004e-6L, -1.0553403964685433327e-5L,
      -5.1070476276537026681e-5L}},
    {Activation::gelu,
     -0.75,
     {-0.1699705142826511495L, 7.7427826076489562831e-4L, 0.43288505872253133209L,
      0.77636994227410510646L}},
    {Activation::gelu,
     0.0009765625,
     {4.8866171094607474708e-4L, 0.50077918389371313354L, 0.79788379988112438797L,
      -1.5583671681865956108e-3L}},
    {Activation::gelu,
     1.4375,
     {1.3292735195321413563L, 1.1287934504450739141L, -9.4276750722213435149e-3L,
      -0.39461059079867645558L}},
    {Activation::gelu,
     9.5,
     {9.5L, 1.0000000000000000001L, -8.893777985469758726e-19L, 8.2576083137045706018e-18L}},
    {Activation::gelu_tanh,
     -5.25,
     {-3.9584638214958291984e-8L, -2.8918336744386919482e-7L, -2.0222033045446207247e-6L,
      -1.3468528091614255254e-5L}},
    {Activation::gelu_tanh,
     -0.75,
     {-0.17003944483437969582L, 1.0617438625857023423e-3L, 0.43230749027147407448L,
      0.77479551362581024173L}},
    {Activation::gelu_tanh,
     0.0009765625,
     {4.886617109457754352e-4L, 0.50077918389248715249L, 0.79788379611491306513L,
      -1.5660803562352826622e-3L}},
    {Activation::gelu_tanh,
     1.4375,
     {1.329044407348924719L, 1.1289201631991688343L, -7.6239470981398723133e-3L,
      -0.39314642242031448212L}},
    {Activation::gelu_tanh,
     9.5,
     {9.5L, 1.0L, -2.8650627870892730062e-30L, 5.8490626484869407202e-29L}},
    {Activation::softplus,
     -700,
     {9.8596765437597708567e-305L, 9.8596765437597708567e-305L, 9.8596765437597708567e-305L,
      9.8596765437597708567e-305L}},
    {Activation::softplus,
     -36.5,
     {1.4068617124461466683e-16L, 1.4068617124461465693e-16L, 1.4068617124461463714e-16L,
      1.4068617124461459755e-16L}},
    {Activation::softplus,
     -5.25,
     {5.2337981517430317827e-3L, 5.2201256935583971032e-3L, 5.1928759813018485668e-3L,
      5.1386610506349364584e-3L}},
    {Activation::softplus,
     -0.75,
     {0.38687100611489994367L, 0.32082130082460702684L, 0.21789499376181402948L,
      0.078084283078144408949L}},
    {Activation::softplus,
     0.0009765625,
     {0.69363558101923012325L, 0.50024414060559744821L, 0.24999994039536469851L,
      -1.2207027369490058843e-4L}},
    {Activation::softplus,
     1.4375,
     {1.6506100388306759511L, 0.80806721355276319874L, 0.15509459193383619453L,
      -0.095559117548319559181L}},
    {Activation::softplus,
     9.5,
     {9.5000748490286292672L, 0.99992515377248938877L, 7.4840625552838660886e-5L,
      -7.4829422475864332432e-5L}},
    {Activation::elu,
     -700,
     {-1.0L, 9.8596765437597708567e-305L, 9.8596765437597708567e-305L,
      9.8596765437597708567e-305L}},
    {Activation::elu,
     -36.5,
     {-0.99999999999999985931L, 1.4068617124461467672e-16L, 1.4068617124461467672e-16L,
      1.4068617124461467672e-16L}},
    {Activation::elu,
     -5.25,
     {-0.99475248160081861572L, 5.2475183991813842765e-3L, 5.2475183991813842765e-3L,
      5.2475183991813842765e-3L}},
    {Activation::elu,
     -0.75,
     {-0.52763344725898529286L, 0.47236655274101470714L, 0.47236655274101470714L,
      0.47236655274101470714L}},
    {Activation::elu, 0.0009765625, {9.765625e-4L, 1.0L, 0, 0}},
    {Activation::elu, 1.4375, {1.4375L, 1.0L, 0, 0}},
    {Activation::elu, 9.5, {9.5L, 1.0L, 0, 0}},
};

}  // namespace

TEMPLATE_TEST_CASE("smooth activations have the values of 2000 digits in every kind of kernels", "",
                   float, double) {
  using T = TestType;
  for (const Kernels<T>* kernel : available<Kernels<T>>()) {
    for (const Exact& exact : kExact) {
      INFO(kernel->name << ", " << text(exact.activation) << "(" << exact.z << ")");
      const T z = static_cast<T>(exact.z);
      const std::array<T, 4> results = jet_at(*kernel, exact.activation, z);
      const auto size = test::closed_form(exact.activation, z).size;
      for (std::size_t k = 0; k < 4; ++k) {
        CAPTURE(k, results[k], exact.f[k]);
        CHECK(error(exact.activation, results[k], exact.f[k], size[k], z) <= 4);
      }
    }
  }
}

TEMPLATE_TEST_CASE("every activation and three derivatives are within six epsilons", "", float,
                   double) {
  using T = TestType;
  const Philox source(17);
  for (const Activation activation : kActivations) {
    for (std::uint64_t first = 0; first < 20 * test::kChunkPoints; first += test::kChunkPoints) {
      // Both signs; up to 8 every other time, else from 1e-12 to 2000.
      test::Chunk<T> z;
      for (std::size_t i = 0; i < test::kChunkPoints; ++i) {
        const double place = source.uniform(2 * (first + i));
        const double size = i % 2 == 0 ? 8 * place : 1e-12 * std::pow(2e15, place);
        z.entries[i] = static_cast<T>(source.uniform(2 * (first + i) + 1) < 0.5 ? -size : size);
      }
      for (const Kernels<T>* kernel : available<Kernels<T>>()) {
        for (const auto& parameters : {ActivationParameters{}, test::other_parameters<T>()}) {
          Jets<T> results;
          jets(*kernel, activation, z, results, parameters);
          INFO(kernel->name << ", " << text(activation));
          CHECK(largest_error(activation, z, results, parameters) <= 6);
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("smooth activations have their limits far out and pass NaN on", "", float,
                   double) {
  using T = TestType;
  using Limits = std::numeric_limits<T>;
  for (const Kernels<T>* kernel : available<Kernels<T>>()) {
    for (const Activation activation :
         {Activation::sigmoid, Activation::silu, Activation::gelu, Activation::gelu_tanh,
          Activation::softplus, Activation::elu}) {
      INFO(kernel->name << ", " << text(activation));
      const auto at = [&](T z) { return jet_at(*kernel, activation, z); };
      for (const T z : {T(1e3), T(1e20), Limits::max(), Limits::infinity()}) {
        const T above = activation == Activation::sigmoid ? T(1) : z;
        const T slope = activation == Activation::sigmoid ? T(0) : T(1);
        CHECK(at(z) == std::array{above, slope, T(0), T(0)});
        const T below = activation == Activation::elu ? T(-1) : T(0);
        CHECK(at(-z) == std::array{below, T(0), T(0), T(0)});
      }
      for (const T number : at(Limits::quiet_NaN())) CHECK(std::isnan(number));
    }
  }
}

TEMPLATE_TEST_CASE("no activation hides what is no number, and one that is known has its limits",
                   "", float, double) {
  using T = TestType;
  using Limits = std::numeric_limits<T>;
  for (const Kernels<T>* kernel : available<Kernels<T>>()) {
    for (const Activation activation : kActivations) {
      INFO(kernel->name << ", " << text(activation));
      const auto at = [&](T z) { return jet_at(*kernel, activation, z); };
      CHECK(std::isnan(at(Limits::quiet_NaN())[0]));
      bool is_known = true;
      with_activation<T>(activation, {}, [&](const auto& function) {
        is_known = function.unknown_from() == Limits::infinity();
      });
      for (const T sign : {T(1), T(-1)}) {
        const auto last = at(sign * Limits::max());
        const auto beyond = at(sign * Limits::infinity());
        if (!is_known) {
          CHECK(std::isnan(beyond[0]));
          continue;
        }
        const bool grows = std::fabs(last[0]) > T(1e30);
        CHECK(beyond[0] == (grows ? std::copysign(Limits::infinity(), last[0]) : last[0]));
        for (std::size_t k = 1; k < 4; ++k) CHECK(beyond[k] == last[k]);
      }
    }
  }
}

TEMPLATE_TEST_CASE("kernels say from where on a sine of omega is unknown", "", float, double) {
  using T = TestType;
  constexpr std::size_t kWidth = test::kChunkPoints / kPanelRows<T>;
  const T coarse = 1 / std::numeric_limits<T>::epsilon();
  const StreamPlan<T> none;
  for (const Kernels<T>* kernel : available<Kernels<T>>()) {
    for (const T omega : {T(1), T(4), T(-32), T(0.25)}) {
      INFO(kernel->name);
      CAPTURE(omega);
      const auto is_known = [&](T z) {
        const test::Chunk<T> chunk = test::among(z, T(0.3));
        test::Chunk<T> values;
        const LayerActivation<T> layer{
            Activation::sine, {.omega = static_cast<double>(omega)}, none, 1, kWidth};
        return kernel->activate(layer, {chunk.entries.data(), nullptr},
                                {values.entries.data(), nullptr});
      };
      const T from = coarse / std::fabs(omega);
      CHECK(is_known(std::nextafter(from, T(0))));
      CHECK_FALSE(is_known(from));
      CHECK_FALSE(is_known(-from));
    }
  }
}

TEST_CASE("the least value of silu is where its slope is 0") {
  // -z is W(1/e) + 1, and f there -W(1/e), with Lambert's W.
  const auto f = activation_values(Activation::silu, -1.2784645427610738);
  CHECK(test::relatively_close(f.value, -0.27846454276107380, 2e-16));
  CHECK(std::fabs(f.first) < 2e-16);
  CHECK(f.second > 0.2);
}

TEST_CASE("tails keep their relative precision down to the least numbers") {
  CHECK(test::relatively_close(activation_values(Activation::sigmoid, -700.0).value,
                               9.8596765437597709e-305, 5e-16));
  CHECK(test::relatively_close(activation_values(Activation::softplus, -700.0).value,
                               9.8596765437597709e-305, 5e-16));
  CHECK(test::relatively_close(activation_values(Activation::gelu, -36.5).value,
                               -2.0238248852723183e-290, 1e-15));
  // 1 - s(40), which a difference from 1 would have as 0.
  CHECK(test::relatively_close(activation_values(Activation::sigmoid, 40.0).first,
                               4.2483542552915890e-18, 5e-16));
}

TEST_CASE("at 0 the curvature of elu is that of negative numbers") {
  const auto f = activation_values(Activation::elu, 0.0);
  CHECK(f.value == 0);
  CHECK(f.first == 1);
  CHECK(f.second == 1);
  CHECK(f.third == 1);
  CHECK(activation_values(Activation::elu, 1e-300).second == 0);
}

TEMPLATE_TEST_CASE("values have the same bits with and without derivatives", "", float, double) {
  using T = TestType;
  constexpr std::size_t kWidth = test::kChunkPoints / kPanelRows<T>;
  const Philox source(19);
  test::Chunk<T> z;
  for (std::size_t i = 0; i < test::kChunkPoints; ++i) {
    z.entries[i] = static_cast<T>(10 * source.normal(i));
  }
  for (const Kernels<T>* kernel : available<Kernels<T>>()) {
    for (const Activation activation : kActivations) {
      INFO(kernel->name << ", " << text(activation));
      Jets<T> results;
      jets(*kernel, activation, z, results);
      const StreamPlan<T> none;
      test::Chunk<T> alone;
      kernel->activate({activation, {}, none, 1, kWidth}, {z.entries.data(), nullptr},
                       {alone.entries.data(), nullptr});
      bool same = true;
      for (std::size_t i = 0; i < test::kChunkPoints; ++i) {
        same = same && test::same_bits(alone.entries[i], results[0].entries[i]);
      }
      CHECK(same);
    }
  }
}
