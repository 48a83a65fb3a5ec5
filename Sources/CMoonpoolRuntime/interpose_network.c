//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// The real network: refused, with an error that a program can be expected to handle.

#include "interpose.h"
#include <netdb.h>
#include <sys/socket.h>

MP_INTERPOSERS_BEGIN

/// True: go on. False: refused, errno says so to the caller.
static bool mp_allow_network(mp_api api, int error) {
  mp_sim *sim = mp_tls_sim;
  if (MP_LIKELY(sim == NULL) || mp_uncontrolled(sim, api)) return true;
  errno = error;
  return false;
}

MP_EXPORT int socket(int domain, int type, int protocol) {
  return mp_allow_network(MP_API_socket, EACCES) ? MP_REAL(socket)(domain, type, protocol) : -1;
}

MP_EXPORT int connect(int descriptor, const struct sockaddr *address, socklen_t length) {
  return mp_allow_network(MP_API_connect, ENETUNREACH) ? MP_REAL(connect)(descriptor, address, length) : -1;
}

MP_EXPORT int bind(int descriptor, const struct sockaddr *address, socklen_t length) {
  return mp_allow_network(MP_API_bind, EACCES) ? MP_REAL(bind)(descriptor, address, length) : -1;
}

MP_EXPORT int listen(int descriptor, int backlog) {
  return mp_allow_network(MP_API_listen, EOPNOTSUPP) ? MP_REAL(listen)(descriptor, backlog) : -1;
}

MP_EXPORT int accept(int descriptor, struct sockaddr *restrict address, socklen_t *restrict length) {
  return mp_allow_network(MP_API_accept, EPERM) ? MP_REAL(accept)(descriptor, address, length) : -1;
}

MP_EXPORT int accept4(int descriptor, struct sockaddr *restrict address, socklen_t *restrict length, int flags) {
  return mp_allow_network(MP_API_accept, EPERM) ? MP_REAL(accept4)(descriptor, address, length, flags) : -1;
}

MP_EXPORT int getaddrinfo(const char *restrict name, const char *restrict service,
                          const struct addrinfo *restrict hints, struct addrinfo **restrict result) {
  if (!mp_allow_network(MP_API_getaddrinfo, EACCES)) return EAI_FAIL;
  return MP_REAL(getaddrinfo)(name, service, hints, result);
}

MP_INTERPOSERS_END
