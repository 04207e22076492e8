"""scikit-learn: bandwidths of a kernel density by cross-validation. One run: it takes half a minute."""

from common import THREADS, need, np, print_row, require, times_of

sklearn, neighbors, selection = need("scikit-learn", "sklearn", "sklearn.neighbors",
                                     "sklearn.model_selection")
BANDWIDTHS = np.logspace(-3, -1, 20)


def search(sample):
    estimator = neighbors.KernelDensity(kernel="gaussian")
    grid = selection.GridSearchCV(estimator, {"bandwidth": BANDWIDTHS}, cv=3, n_jobs=THREADS)
    return grid.fit(sample[:, None]).cv_results_["mean_test_score"]


def direct_scores(sample):
    """The sums as they are written, with all pairs."""
    scores = np.zeros(len(BANDWIDTHS))
    for held in np.array_split(np.arange(len(sample)), 3):
        squares = (sample[held][:, None] - np.delete(sample, held)[None]) ** 2
        for b, h in enumerate(BANDWIDTHS):
            exponents = -squares / (2 * h * h)
            most = exponents.max(1)
            sums = np.log(np.exp(exponents - most[:, None]).sum(1)) + most
            scores[b] += np.sum(sums - np.log(squares.shape[1] * h * np.sqrt(2 * np.pi))) / 3
    return scores


sample = 0.1 * np.random.default_rng(4).normal(size=10000)
require(np.allclose(search(sample[:300]), direct_scores(sample[:300]), rtol=1e-9),
        "scores are wrong")
if THREADS > 1:
    print_row("kernel-density: GridSearchCV; 3 folds; 20 bandwidths; 10000 weights; one run",
              "scikit-learn " + sklearn.__version__,
              times_of(lambda: search(sample), runs=1, warm=False), 20e-6 * sample.size,
              "M points/s")
