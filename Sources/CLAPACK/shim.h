#include <stddef.h>

/* LAPACK and BLAS by their Fortran names, lengths of the character arguments last; OpenBLAS ships no C header for LAPACK. */
void dpotrf_(const char *, const int *, double *, const int *, int *, size_t);
void dpotrs_(const char *, const int *, const int *, const double *, const int *, double *,
             const int *, int *, size_t);
void dpotri_(const char *, const int *, double *, const int *, int *, size_t);
void ssyrk_(const char *, const char *, const int *, const int *, const float *, const float *,
            const int *, const float *, float *, const int *, size_t, size_t);

/* Factors a symmetric positive definite matrix in place, lower triangle column by column; 0 where it is one. */
static inline int clapack_factor(double *matrix, int size) {
  int info = 0;
  dpotrf_("L", &size, matrix, &size, &info, 1);
  return info;
}

/* Solves by such a factor; `right` holds `sides` vectors one after another and is overwritten. */
static inline int clapack_solve(const double *factor, int size, double *right, int sides) {
  int info = 0;
  dpotrs_("L", &size, &sides, factor, &size, right, &size, &info, 1);
  return info;
}

/* Turns such a factor into the inverse, lower triangle column by column. */
static inline int clapack_invert(double *factor, int size) {
  int info = 0;
  dpotri_("L", &size, factor, &size, &info, 1);
  return info;
}

/* Adds the products of all pairs of `size` vectors of `depth` numbers, lower triangle column by column. */
static inline void clapack_add_products(const float *vectors, int size, int depth, float *products) {
  const float one = 1;
  ssyrk_("L", "T", &size, &depth, &one, vectors, &depth, &one, products, &size, 1, 1);
}

/* Adds the outer products of `count` vectors of `size` numbers with themselves, lower triangle column by column. */
static inline void clapack_add_outer_products(const float *vectors, int size, int count,
                                              float *products) {
  const float one = 1;
  ssyrk_("L", "N", &size, &count, &one, vectors, &size, &one, products, &size, 1, 1);
}
