# Galerkin's weighted residuals in time are theta = 2/3 (Zienkiewicz and Taylor, The Finite Element
# Method). Of order 1, stable for every dt.
# Two stages of Chebyshev's, P = T_2(1 + x/4) = 1 + x + x^2/8, reach x = -8 (Verwer, Appl. Numer.
# Math. 22, 359, 1996): of order 1, and for diffusion alone stable up to dt = 2 dx^2/D.
s/^  spectral,$/  spectral, galerkin, chebyshev,/
/^\/\/\/ All that is known of a scheme/i\
constexpr RationalForm chebyshev_form(StepNumbers numbers, double theta) noexcept {\
  RationalForm form = central_explicit<2>(numbers, theta);\
  form.polynomial[2] = 0.125;\
  return form;\
}\

/^inline constexpr auto kNamed<Scheme>/a\
    SchemeRow{.value = Scheme::galerkin, .name = "galerkin", .meaning = "theta = 2/3",\
              .form = central_implicit<2, 3>, .order = 1, .limit = kCentralLimit},\
    SchemeRow{.value = Scheme::chebyshev, .name = "chebyshev", .meaning = "for diffusion",\
              .form = chebyshev_form, .order = 1},
