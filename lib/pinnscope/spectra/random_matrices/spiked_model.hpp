#pragma once

namespace pinnscope {

/// @file
/// What a rank-one part of strength theta does to the singular values of noise: of theta u v' + X,
/// u in R^M and v in R^N unit vectors, X with independent entries of variance 1 / N, q = M / N <=
/// 1, both large (Baik, Ben Arous and Peche, Annals of Probability 33, 2005; Benaych-Georges and
/// Nadakuditi, J. Multivariate Analysis 111, 2012). For entries of standard deviation sigma all
/// lengths are in units of sigma sqrt(N). Preconditions: 0 < q <= 1, theta >= 0.

/// q^(1/4): a weaker part leaves no trace in the singular values.
double detection_threshold(double aspect_ratio) noexcept;

/// sqrt((1 + theta^2)(q + theta^2)) / theta, which stands out of the bulk; its edge 1 + sqrt q at
/// and below the threshold.
double spiked_singular_value(double theta, double aspect_ratio) noexcept;

/// The inverse: the theta behind a singular value s; 0 where s does not stand out.
double spike_strength(double singular_value, double aspect_ratio) noexcept;

/// Squared cosines between the spike's singular vectors and u, v; 0 at and below the threshold.
struct SpikeOverlap {
  double left = 0;   ///< 1 - q (1 + theta^2) / (theta^2 (theta^2 + q))
  double right = 0;  ///< 1 - (q + theta^2) / (theta^2 (theta^2 + 1))
};

/// The overlaps of a part of strength theta, in [0, 1].
SpikeOverlap spike_overlap(double theta, double aspect_ratio) noexcept;

/// The singular value to put in the place of s for the least square error in the matrix,
/// sqrt((s^2 - q - 1)^2 - 4 q) / s, and 0 within the bulk (Gavish and Donoho, IEEE Trans.
/// Information Theory 63, 2017).
double shrunk_singular_value(double singular_value, double aspect_ratio) noexcept;

/// What is best cut off below, where nothing is shrunk: sqrt(2 (q + 1) + 8 q / (q + 1 + sqrt(q^2 +
/// 14 q + 1))), 4 / sqrt 3 for q = 1 (Gavish and Donoho, IEEE Trans. Information Theory 60, 2014).
double hard_threshold(double aspect_ratio) noexcept;

/// The same in units of the median singular value: hard_threshold over the root of the median of
/// the law of Marchenko and Pastur; 2.858 for q = 1.
double hard_threshold_over_median(double aspect_ratio) noexcept;

}  // namespace pinnscope
