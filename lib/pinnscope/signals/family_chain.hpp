#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/named.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/step/family_matrix.hpp"
#include "pinnscope/step/layer_chain.hpp"

namespace pinnscope {

/// What a layer of a FamilyChain did to its signal. Logarithms are natural ones; a number that is
/// not known, of a signal that is 0, is NaN.
struct FamilySignal {
  static constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();  ///< NaN

  double l1_norm = kUnknown;         ///< sum of |z|, as the layer hands it on
  double l2_norm = kUnknown;         ///< root of the sum of z^2, likewise
  double mean = kUnknown;            ///< of z over the neurons, likewise
  double saturated = kUnknown;       ///< share of neurons beyond saturation_slope(), from 0 to 1
  double log_gain = kUnknown;        ///< log |W z| - log |z|, Euclidean norms: what the weights do
  double log_activation = kUnknown;  ///< log |f(W z)| - log |W z|: what the activation does
  double log_removed = kUnknown;     ///< logarithm of what normalisation divided by, 0 without it

  /// What the layer multiplied the signal by, normalisation aside: log |f(W z)| - log |z|.
  double growth() const noexcept { return log_gain + log_activation; }
};

/// A number of a FamilySignal: its name in files, what it means, and where it stands.
struct FamilySignalNumber {
  const char* name = "";                   ///< in files
  const char* meaning = "";                ///< half a sentence without a full stop
  double FamilySignal::*member = nullptr;  ///< where it stands
};

/// Every number, in the order of files.
inline constexpr auto kFamilySignalNumbers = std::array{
    FamilySignalNumber{"l1_norm", "sum over the neurons of |z|", &FamilySignal::l1_norm},
    FamilySignalNumber{"l2_norm", "root of the sum of z^2", &FamilySignal::l2_norm},
    FamilySignalNumber{"mean", "of z over the neurons", &FamilySignal::mean},
    FamilySignalNumber{"saturated", "share of neurons with |f'| < 0.19: |z| > 0.9 of a tanh",
                       &FamilySignal::saturated},
    FamilySignalNumber{"log_gain", "log |W z| - log |z|, Euclidean norms: what the weights do",
                       &FamilySignal::log_gain},
    FamilySignalNumber{"log_activation", "log |f(W z)| - log |W z|: what the activation does",
                       &FamilySignal::log_activation},
    FamilySignalNumber{"log_removed", "logarithm of what normalisation divided by",
                       &FamilySignal::log_removed},
};

/// A signal through layers z <- f(W z) of one family, normalised behind each or not.
///
///     FamilyChain<double> chain({.matrix = {.family = LayerFamily::uniform, .cells = 100},
///                                .normalise = Normalisation::rms}, arena);
///     status = chain.start(z, realisation);
///     for (int layer = 0; layer < 15; ++layer) status = chain.step(z, signal);
template <class T>
class FamilyChain : Pinned {
 public:
  struct Config {
    typename FamilyMatrix<T>::Config matrix{};      ///< W, its family and its seed
    bool redraw = false;                            ///< a matrix of its own for each layer
    Activation activation = Activation::tanh;       ///< f
    ActivationParameters activation_parameters{};   ///< slope, omega and the like, by name
    std::optional<double> blend{};                  ///< p of f = p tanh(z) + (1 - p) max(z, 0)
    Normalisation normalise = Normalisation::none;  ///< what happens to z behind each layer
    /// The mean of z is taken off at the start and behind each layer: a mode without a signal comes
    /// back by rounding where it is amplified more than the others. For the identity alone.
    bool without_mean = false;
  };

  /// The chain of layers, without their matrices.
  static constexpr typename LayerChain<T>::Config chain_of(const Config& config) noexcept {
    return {.width = config.matrix.cells,
            .activation = config.activation,
            .activation_parameters = config.activation_parameters,
            .blend = config.blend,
            .orientation = LayerOrientation::weights_first,
            .normalise = config.normalise};
  }

  static constexpr Footprint footprint(const Config& config) noexcept {
    return FamilyMatrix<T>::footprint(config.matrix) + LayerChain<T>::footprint(chain_of(config));
  }

  FamilyChain(const Config& config, Arena& arena) noexcept;

  /// What FamilyMatrix::status() and LayerChain::status() say; unsupported for a chain without_mean
  /// whose activation is not the identity.
  Status status() const noexcept { return status_; }

  /// Draws the matrix of a realisation and normalises z, which counts for nothing. status(),
  /// shape_mismatch, or as normalise().
  Status start(VectorView<T> z, std::uint64_t realisation) noexcept;

  /// One layer: z <- f(W z), normalised, and what that did; n^2 fused operations, and n^2 draws
  /// where each layer has a matrix of its own. As LayerChain::apply(): `signal` then has what is
  /// known behind the activation. Precondition: start().
  Status step(VectorView<T> z, FamilySignal& signal) noexcept;

  /// The layer's matrix.
  const FamilyMatrix<T>& matrix() const noexcept { return matrix_; }

  /// log of the largest |G| of the modes that z had at the start, of what moduli() knows; NaN of
  /// what is not circulant. A mode is there where its share of |z|^2 is more than rounding leaves.
  double log_amplification() const noexcept { return log_amplification_; }

  /// The sum of the logarithms of what normalisation divided by since the start.
  double log_norm() const noexcept { return chain_.log_norm(); }

 private:
  double largest_modulus(VectorView<const T> z) const noexcept;

  Config config_;
  FamilyMatrix<T> matrix_;
  LayerChain<T> chain_;
  std::uint64_t realisation_ = 0;
  std::uint64_t layer_ = 0;
  double log_amplification_ = FamilySignal::kUnknown;
  Status status_{};
};

extern template class FamilyChain<float>;
extern template class FamilyChain<double>;

/// z <- 2 u - 1, the next numbers u of numpy.random.seed(seed), numpy.random.rand(): the signal
/// that the chains of arXiv 2509.18131 start from.
void random_signal(std::uint32_t seed, VectorView<double> z) noexcept;

/// What a signal grows by in the end.
struct LayerGrowth {
  double log_growth = FamilySignal::kUnknown;  ///< a layer, natural logarithm; -inf: it became 0
  double change = FamilySignal::kUnknown;      ///< from what half as many layers give
  std::uint64_t layers = 0;                    ///< that the signal went through
  bool settled = false;                        ///< |change| is within the tolerance

  static constexpr double kTolerance = 1e-9;                            ///< of a logarithm a layer
  static constexpr std::uint64_t kMostLayers = std::uint64_t{1} << 17;  ///< that are tried
};

/// The limit of growth() over many layers, behind start(): of a linear chain the largest |G| of the
/// modes present, the spectral radius of a matrix that is not circulant, and of matrices drawn anew
/// for each layer their Lyapunov exponent. Layers m..2m are averaged with weights
/// exp(-1 / (t (1 - t))), t from 0 to 1 over them, for m = 8, 16, ... until two such means agree or
/// `most_layers` are through. The weights vanish at both ends with all derivatives, so that the
/// beating of complex pairs, or a cycle, leaves less than any power of 1/m (Das, Saiki, Sander,
/// Yorke, Nonlinearity 30, 4111, 2017), where a plain mean leaves 1/m. As FamilyChain::step(), but
/// a signal that became 0 has an answer; one that decays below 1e-200 (of floats 1e-30), since
/// nothing is divided out, ends there unsettled.
template <class T>
Status measure_growth(FamilyChain<T>& chain, VectorView<T> z, LayerGrowth& growth,
                      std::uint64_t most_layers = LayerGrowth::kMostLayers) noexcept;

/// The Lyapunov exponent of products of independent n x n matrices with normal entries of mean 0
/// and this standard deviation: (log(2 deviation^2) + digamma(n / 2)) / 2. Newman, Commun. Math.
/// Phys. 103, 121 (1986). n = 1 or more.
double gaussian_product_exponent(double deviation, std::size_t n) noexcept;

/// What became of a signal, and why.
enum class SignalFate : std::uint8_t {
  grows,
  decays,
  steady,
  calm_as_normalised,
  calm_as_saturated,
  calm_as_damped,
  cannot_tell,
};

template <>
inline constexpr auto kNamed<SignalFate> = std::array{
    Named{SignalFate::grows, "grows", "its norm at least doubles over the run"},
    Named{SignalFate::decays, "decays", "its norm falls to half or less over the run"},
    Named{SignalFate::steady, "steady", "neither, and the weights alone would not double it"},
    Named{SignalFate::calm_as_normalised, "calm because normalised",
          "normalisation divides out what would have been growth or decay"},
    Named{SignalFate::calm_as_saturated, "calm because saturated",
          "the weights would double it, and neurons that are saturated take that back"},
    Named{SignalFate::calm_as_damped, "calm because damped",
          "the weights would double it, and the activation takes that back unsaturated"},
    Named{SignalFate::cannot_tell, "cannot tell", "too few layers, or a number is not known"},
};

/// The fate of a signal over the second half of `layers` layers, from the sums over that half of
/// log_gain and log_activation: it grows or decays where their sum is log 2 or more either way, and
/// is calm as normalised where a normalisation hides that. Else, where the gain alone is log 2 or
/// more, the activation takes it back, by saturation where half of the neurons or more
/// (`saturated`, in the mean) are. cannot_tell below kFateLayers layers.
SignalFate signal_fate(Normalisation normalise, std::uint64_t layers, double gain,
                       double activation, double saturated) noexcept;

inline constexpr std::uint64_t kFateLayers = 8;  ///< the fewest of a run that is judged

}  // namespace pinnscope
