/* The body stepped by CVODE: BDF, banded direct solver, analytic Jacobian, restarted at every change of input.
 *
 * usage: cvode SYSTEM OUT rtol atol repeats
 * SYSTEM holds int64 n, bandwidth, outputs, events, samples, then doubles: matrix (n x n, row by row), source (n),
 * readout (outputs x n), event times, rate from each event on, sample times. OUT gets outputs x samples doubles.
 * Prints the fastest of the repeats, in seconds, and the steps it took.
 *
 * Everything outside the band flows downstream (plasma, effect sites): it stands in the right-hand side, and is left
 * out of the Newton matrix, where it is strictly triangular and so costs no convergence to speak of.
 */
#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sundials/sundials_context.h>
#include <sunlinsol/sunlinsol_band.h>
#include <sunmatrix/sunmatrix_band.h>
#include <time.h>

typedef struct {
  int64_t n, band;
  double *matrix, *source, rate;
  int64_t entries, *row, *column; /* what lies outside the band */
  double *value;
} Body;

static int slope(realtype t, N_Vector x, N_Vector dx, void *data) {
  (void)t;
  Body *b = data;
  const double *v = N_VGetArrayPointer(x);
  double *out = N_VGetArrayPointer(dx);
  for (int64_t i = 0; i < b->n; i++) {
    int64_t low = i > b->band ? i - b->band : 0, high = i + b->band < b->n ? i + b->band : b->n - 1;
    const double *row = b->matrix + i * b->n;
    double sum = b->source[i] * b->rate;
    for (int64_t j = low; j <= high; j++) sum += row[j] * v[j];
    out[i] = sum;
  }
  for (int64_t e = 0; e < b->entries; e++) out[b->row[e]] += b->value[e] * v[b->column[e]];
  return 0;
}

static int jacobian(realtype t, N_Vector x, N_Vector fx, SUNMatrix j, void *data, N_Vector a, N_Vector c, N_Vector d) {
  (void)t, (void)x, (void)fx, (void)a, (void)c, (void)d;
  Body *b = data;
  for (int64_t col = 0; col < b->n; col++) {
    realtype *column = SUNBandMatrix_Column(j, col);
    int64_t low = col > b->band ? col - b->band : 0, high = col + b->band < b->n ? col + b->band : b->n - 1;
    for (int64_t row = low; row <= high; row++) SM_COLUMN_ELEMENT_B(column, row, col) = b->matrix[row * b->n + col];
  }
  return 0;
}

static double *numbers(FILE *file, int64_t count) {
  double *block = malloc(sizeof(double) * (size_t)(count ? count : 1));
  if (fread(block, sizeof(double), (size_t)count, file) != (size_t)count) exit(3);
  return block;
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  FILE *file = fopen(argv[1], "rb");
  int64_t size[5];
  if (!file || fread(size, sizeof(int64_t), 5, file) != 5) return 3;
  int64_t n = size[0], outputs = size[2], events = size[3], samples = size[4];
  Body body = {.n = n, .band = size[1]};
  body.matrix = numbers(file, n * n);
  body.source = numbers(file, n);
  double *readout = numbers(file, outputs * n), *event = numbers(file, events), *rate = numbers(file, events);
  double *sample = numbers(file, samples), *out = malloc(sizeof(double) * (size_t)(outputs * samples));
  fclose(file);
  body.row = malloc(sizeof(int64_t) * (size_t)(n * n));
  body.column = malloc(sizeof(int64_t) * (size_t)(n * n));
  body.value = malloc(sizeof(double) * (size_t)(n * n));
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < n; j++)
      if (llabs(i - j) > body.band && body.matrix[i * n + j] != 0) {
        body.row[body.entries] = i, body.column[body.entries] = j, body.value[body.entries++] = body.matrix[i * n + j];
      }
  /* The readout's own zeros are not multiplied. */
  int64_t *first = malloc(sizeof(int64_t) * (size_t)outputs), *last = malloc(sizeof(int64_t) * (size_t)outputs);
  for (int64_t k = 0; k < outputs; k++) {
    first[k] = n, last[k] = -1;
    for (int64_t j = 0; j < n; j++)
      if (readout[k * n + j] != 0) last[k] = j, first[k] = first[k] < j ? first[k] : j;
  }
  SUNContext context;
  SUNContext_Create(NULL, &context);
  double rtol = atof(argv[3]), atol = atof(argv[4]), best = 1e30;
  long steps = 0;
  for (int repeat = atoi(argv[5]); repeat > 0; repeat--) {
    struct timespec begun, done;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begun);
    N_Vector x = N_VNew_Serial(n, context);
    N_VConst(0, x);
    SUNMatrix matrix = SUNBandMatrix(n, body.band, body.band, context);
    SUNLinearSolver solver = SUNLinSol_Band(x, matrix, context);
    void *cvode = CVodeCreate(CV_BDF, context);
    body.rate = 0;
    CVodeInit(cvode, slope, 0, x);
    CVodeSStolerances(cvode, rtol, atol);
    CVodeSetUserData(cvode, &body);
    CVodeSetMaxNumSteps(cvode, 1000000);
    CVodeSetLinearSolver(cvode, solver, matrix);
    CVodeSetJacFn(cvode, jacobian);
    int64_t next = 0, at = 0;
    realtype t = 0;
    long here;
    steps = 0;
    while (next < events && event[next] <= 0) body.rate = rate[next++];
    while (at < samples) {
      double until = next < events && event[next] < sample[at] ? event[next] : sample[at];
      if (next < events) CVodeSetStopTime(cvode, event[next]);
      if (until > t && CVode(cvode, until, x, &t, CV_NORMAL) < 0) return 4;
      if (until == sample[at]) {
        const double *v = N_VGetArrayPointer(x);
        for (int64_t k = 0; k < outputs; k++) {
          double sum = 0;
          for (int64_t j = first[k]; j <= last[k]; j++) sum += readout[k * n + j] * v[j];
          out[k * samples + at] = sum;
        }
        at++;
      }
      if (next < events && event[next] == until) {
        body.rate = rate[next++];
        CVodeGetNumSteps(cvode, &here);
        steps += here;
        CVodeReInit(cvode, until, x);
        t = until;
      }
    }
    CVodeGetNumSteps(cvode, &here);
    steps += here;
    CVodeFree(&cvode);
    SUNLinSolFree(solver);
    SUNMatDestroy(matrix);
    N_VDestroy(x);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &done);
    double took = (double)(done.tv_sec - begun.tv_sec) + 1e-9 * (double)(done.tv_nsec - begun.tv_nsec);
    best = took < best ? took : best;
  }
  file = fopen(argv[2], "wb");
  fwrite(out, sizeof(double), (size_t)(outputs * samples), file);
  fclose(file);
  printf("%.9f %ld\n", best, steps);
  return 0;
}
