/* Status codes of libdcvready. */
#ifndef DCVREADY_STATUS_H
#define DCVREADY_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Whether dcvready itself could do its work. A lookup that fails is not an error: it is a fact in the result. */
enum dcv_status {
    DCV_OK = 0,
    DCV_ERR_NOMEM,       /* an allocation failed */
    DCV_ERR_USAGE,       /* a call or an option is wrong */
    DCV_ERR_SYNTAX,      /* an input does not follow its grammar */
    DCV_ERR_LIMIT,       /* a bound of dcvready was reached */
    DCV_ERR_IO,          /* a file could not be read, or output not written */
    DCV_ERR_NOT_FOUND,   /* a thing named by the caller does not exist */
    DCV_ERR_SYSTEM,      /* the operating system refused something (sockets, epoll) */
    DCV_ERR_UNSUPPORTED, /* known, but not possible here */
};

#ifdef __cplusplus
}
#endif
#endif
