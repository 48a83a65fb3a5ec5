//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Simulation threads, their replacement, and the watchdog (MoonpoolThreads.h says why).

#define _GNU_SOURCE
#include "core.h"
#include "symbols.h"
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__x86_64__)
#define MP_CONTEXT_PC(context) ((context)->uc_mcontext.gregs[REG_RIP])
#define MP_CONTEXT_SP(context) ((context)->uc_mcontext.gregs[REG_RSP])
#else
#define MP_CONTEXT_PC(context) ((context)->uc_mcontext.pc)
#define MP_CONTEXT_SP(context) ((context)->uc_mcontext.sp)
#endif

enum {
  STACK_BYTES = 8 << 20,           // as a main thread has; only touched pages cost memory
  SIGNAL_STACK_BYTES = 64 << 10,   // a stack overflow must be reported from somewhere else
  SUPERVISOR_PERIOD_MS = 50,
  IDLE_THREADS_KEPT = 8,
  HANG_PATIENCE = 40,       // supervisor periods that a hung thread gets to come out of the runtime's code
  STACK_KEPT = 256 << 10,   // of a lost thread
};

struct mp_host {
  mp_host_work work;
  void (*finished)(void *context);
  void *context;
  mp_loss loss;
  int32_t resuming;   ///< the next call of `work` gets the loss
  int32_t lost;       ///< set by the thread that gives up, taken by the supervisor
  pthread_t thread;
  mp_sim *watched;
  uint64_t limit;
  uint64_t seen_jobs, seen_at;   ///< the supervisor's notes
  int32_t postponed;             ///< times that the watchdog found the thread where it cannot be stopped
  struct mp_host *next_pending;
  struct mp_host *next_active, **active_link;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_arrived = PTHREAD_COND_INITIALIZER;
static mp_host *pending_head, **pending_tail = &pending_head;
static mp_host *active;
static size_t idle_threads;
static sem_t supervisor_wake;
static pthread_once_t supervisor_once = PTHREAD_ONCE_INIT;
static _Thread_local mp_host *this_host __attribute__((tls_model("initial-exec")));
static _Thread_local char *this_stack __attribute__((tls_model("initial-exec")));   // its low end

static int watchdog_signal(void) { return SIGRTMIN + 6; }

// MARK: giving a thread up

/// print() holds stdout's lock while it describes its arguments: code that is lost in a `description` must not silence
/// the whole process.
static void release_stream(FILE *stream) {
  const struct {
    int lock, count;
    void *owner;
  } *held = stream->_lock;   // glibc
  while (held && held->owner == (void *)pthread_self()) funlockfile(stream);
}

/// What a lost thread has written below its stack pointer, before, is of no use. A stack that has overflowed is 8 MB of
/// memory: nothing on it is needed any more but its outer end, where the C library keeps the thread's own data.
static void give_stack_back(const char *stack_pointer) {
  enum { PAGE = 4096 };
  char *low = this_stack;
  if (!low || stack_pointer < low || stack_pointer >= low + STACK_BYTES) return;
  size_t unused = (size_t)(stack_pointer - low), kept = STACK_BYTES - STACK_KEPT;
  unused = unused < PAGE ? 0 : (unused - PAGE) & ~(size_t)(PAGE - 1);   // frames reach a bit below their pointer
  madvise(low, unused > kept ? unused : kept, MADV_DONTNEED);
}

static _Noreturn void mp_give_up(int why, int signal, const char *message, const ucontext_t *context) {
  mp_host *host = this_host;
  mp_sim *sim = mp_tls_sim;
  if (!host) {
    fprintf(stderr, "Moonpool: simulated code failed outside a simulation thread: %s\n", message);
    abort();
  }
  mp_loss *loss = &host->loss;
  loss->why = why;
  loss->signal = signal;
  loss->task = mp_task_current();
  loss->node = mp_node_current(sim);
  loss->frame_count = (uint32_t)mp_backtrace(loss->frames, sizeof loss->frames / sizeof *loss->frames);
  if (why == MP_LOST_TRAP && sim->rest->fatal_length > 0) message = sim->rest->fatal_message;
  snprintf(loss->message, sizeof loss->message, "%s", message);
  sim->rest->fatal_length = 0;
  sim->rest->running = NULL;
  release_stream(stdout);
  release_stream(stderr);
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, NULL);
  mp_tls_sim = NULL;
  __atomic_store_n(&host->lost, 1, __ATOMIC_RELEASE);
  if (context) give_stack_back((const char *)MP_CONTEXT_SP(context));   // we are on the signal stack
  sem_post(&supervisor_wake);
  while (true) pause();
}

void mp_lose_thread(int why, int signal, const char *message) { mp_give_up(why, signal, message, NULL); }

// MARK: signals

static const int trap_signals[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
enum { TRAP_SIGNAL_COUNT = sizeof trap_signals / sizeof *trap_signals };
static struct sigaction previous[TRAP_SIGNAL_COUNT];

/// Not our thread, or not in a simulation: as if we were not here.
static void pass_on(int signal, siginfo_t *info, void *context) {
  size_t i = 0;
  while (trap_signals[i] != signal) i++;
  struct sigaction *old = &previous[i];
  if (old->sa_flags & SA_SIGINFO) {
    old->sa_sigaction(signal, info, context);
  } else if (old->sa_handler == SIG_DFL) {
    sigaction(signal, old, NULL);   // the instruction runs again, under the default action
    if (info->si_code <= 0) raise(signal);
  } else if (old->sa_handler != SIG_IGN) {
    old->sa_handler(signal);
  }
}

static void mp_on_trap(int signal, siginfo_t *info, void *context) {
  if (!this_host || !mp_tls_sim) {
    mp_tls_sim = NULL;   // the runtime's own crash handler reads, waits and forks
    pass_on(signal, info, context);
    return;
  }
  mp_give_up(MP_LOST_TRAP, signal, "", context);
}

/// Whoever is stopped inside malloc or the Swift runtime takes a lock along that everybody needs. Code in Swift holds
/// none of these.
static bool may_be_stopped(const ucontext_t *context) {
  uintptr_t pc = (uintptr_t)MP_CONTEXT_PC(context);
  const mp_image *image = mp_image_at(pc);
  if (!image || mp_image_is_runtime(image)) return false;
  const char *name = mp_symbol_raw_name(pc);
  return name && name[0] == '$';
}

static void mp_on_watchdog(int signal, siginfo_t *info, void *context) {
  (void)info;
  mp_host *host = this_host;
  mp_sim *sim = mp_tls_sim;
  if (!host || !sim) return;
  uint64_t seen = __atomic_load_n(&host->seen_jobs, __ATOMIC_RELAXED);
  if (__atomic_load_n(&sim->jobs, __ATOMIC_RELAXED) != seen) return;   // it moved after all
  // One that waits in the kernel never comes out; after a while it is stopped wherever it is.
  if (!may_be_stopped(context) && host->postponed++ < HANG_PATIENCE) return;
  mp_give_up(MP_LOST_HUNG, signal, "", context);
}

static void install_signals(void) {
  struct sigaction action = {0};
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  action.sa_sigaction = mp_on_trap;
  for (int i = 0; i < TRAP_SIGNAL_COUNT; i++) sigaction(trap_signals[i], &action, &previous[i]);
  struct sigaction watch = {0};
  watch.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  watch.sa_sigaction = mp_on_watchdog;
  sigaction(watchdog_signal(), &watch, NULL);
}

// MARK: threads

static mp_host *next_host(void) {
  mp_host *host = pending_head;
  pending_head = host->next_pending;
  if (!pending_head) pending_tail = &pending_head;
  return host;
}

static void mp_serve_host(mp_host *host) {
  this_host = host;
  host->thread = pthread_self();
  bool resuming = host->resuming;
  host->resuming = 0;
  mp_loss loss;
  if (resuming) loss = host->loss;
  host->work(host->context, resuming ? &loss : NULL);
  mp_tls_sim = NULL;
  pthread_mutex_lock(&lock);
  *host->active_link = host->next_active;
  if (host->next_active) host->next_active->active_link = host->active_link;
  this_host = NULL;
  pthread_mutex_unlock(&lock);
  host->finished(host->context);
  free(host);
}

/// Threads inherit the mask of their maker, and Dispatch's block almost everything; a blocked trap ends the process.
static void unblock_signals(void) {
  sigset_t ours;
  sigemptyset(&ours);
  for (int i = 0; i < TRAP_SIGNAL_COUNT; i++) sigaddset(&ours, trap_signals[i]);
  sigaddset(&ours, watchdog_signal());
  pthread_sigmask(SIG_UNBLOCK, &ours, NULL);
}

static void *mp_host_thread_main(void *unused) {
  (void)unused;
  unblock_signals();
  pthread_attr_t attributes;
  size_t stack_size;
  if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
    pthread_attr_getstack(&attributes, (void **)&this_stack, &stack_size);
    pthread_attr_destroy(&attributes);
  }
  stack_t alternative = {.ss_sp = malloc(SIGNAL_STACK_BYTES), .ss_size = SIGNAL_STACK_BYTES};
  sigaltstack(&alternative, NULL);
  pthread_mutex_lock(&lock);
  while (true) {
    while (!pending_head) {
      if (idle_threads >= IDLE_THREADS_KEPT) goto done;
      idle_threads++;
      pthread_cond_wait(&work_arrived, &lock);
      idle_threads--;
    }
    mp_host *host = next_host();
    pthread_mutex_unlock(&lock);
    mp_serve_host(host);
    pthread_mutex_lock(&lock);
  }
done:
  pthread_mutex_unlock(&lock);
  alternative.ss_flags = SS_DISABLE;
  void *stack = alternative.ss_sp;
  sigaltstack(&alternative, NULL);
  free(stack);
  return NULL;
}

/// With the lock held.
static void dispatch(mp_host *host) {
  host->next_pending = NULL;
  *pending_tail = host;
  pending_tail = &host->next_pending;
  size_t waiting = 0;
  for (mp_host *h = pending_head; h; h = h->next_pending) waiting++;
  if (idle_threads >= waiting) {
    pthread_cond_signal(&work_arrived);
    return;
  }
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  int failure = pthread_create(&thread, &attributes, mp_host_thread_main, NULL);
  pthread_attr_destroy(&attributes);
  if (failure) {
    fprintf(stderr, "Moonpool: cannot start a simulation thread: %s\n", strerror(failure));
    abort();
  }
}

// MARK: supervisor

static void check(mp_host *host, uint64_t real_now) {
  if (__atomic_exchange_n(&host->lost, 0, __ATOMIC_ACQUIRE)) {
    host->resuming = 1;
    host->watched = NULL;
    dispatch(host);
    return;
  }
  mp_sim *sim = host->watched;
  if (!sim || host->limit == 0) return;
  uint64_t jobs = __atomic_load_n(&sim->jobs, __ATOMIC_RELAXED);
  if (jobs != __atomic_load_n(&host->seen_jobs, __ATOMIC_RELAXED) || host->seen_at == 0) {
    __atomic_store_n(&host->seen_jobs, jobs, __ATOMIC_RELAXED);
    host->seen_at = real_now;
    host->postponed = 0;
  } else if (real_now - host->seen_at > host->limit) {   // asked again in each period until it gives up or moves on
    pthread_kill(host->thread, watchdog_signal());
  }
}

static void *supervise(void *unused) {
  (void)unused;
  while (true) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += SUPERVISOR_PERIOD_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
      until.tv_nsec -= 1000000000L;
      until.tv_sec++;
    }
    sem_timedwait(&supervisor_wake, &until);
    uint64_t now = mp_real_ns();
    pthread_mutex_lock(&lock);
    for (mp_host *host = active, *next; host; host = next) {
      next = host->next_active;
      check(host, now);
    }
    pthread_mutex_unlock(&lock);
  }
  return NULL;
}

static void start_supervisor_thread(void) {
  sem_init(&supervisor_wake, 0, 0);
  pthread_t thread;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_create(&thread, &attributes, supervise, NULL);
  pthread_attr_destroy(&attributes);
}

static void start_supervisor(void) {
  install_signals();
  mp_dispatch_guard_install();
  mp_symbols_prepare();
  uintptr_t warm[4];
  mp_backtrace(warm, 4);   // loads the unwinder now, not in a signal handler
  start_supervisor_thread();
}

int mp_fork_between_runs(void) {
  pthread_mutex_lock(&lock);
  if (active) {
    pthread_mutex_unlock(&lock);
    errno = EBUSY;
    return -1;
  }
  pid_t child = fork();
  if (child == 0) {
    // Of the threads only this one is here. Who waits on a condition is counted in it.
    work_arrived = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    idle_threads = 0;
    start_supervisor_thread();
  }
  pthread_mutex_unlock(&lock);
  return child;
}

void mp_host_start(mp_host_work work, void *context, void (*finished)(void *context)) {
  pthread_once(&supervisor_once, start_supervisor);
  mp_host *host = calloc(1, sizeof *host);
  if (!host) abort();
  host->work = work;
  host->context = context;
  host->finished = finished;
  pthread_mutex_lock(&lock);
  host->next_active = active;
  host->active_link = &active;
  if (active) active->active_link = &host->next_active;
  active = host;
  dispatch(host);
  pthread_mutex_unlock(&lock);
}

void mp_host_watch(mp_sim *sim, uint64_t nanoseconds) {
  mp_host *host = this_host;
  if (!host) return;
  pthread_mutex_lock(&lock);
  host->watched = sim;
  host->limit = nanoseconds;
  host->seen_at = 0;
  host->postponed = 0;
  __atomic_store_n(&host->seen_jobs, UINT64_MAX, __ATOMIC_RELAXED);   // a late signal for the last run means nothing
  pthread_mutex_unlock(&lock);
}
