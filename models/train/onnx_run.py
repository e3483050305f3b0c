"""Runs ONNX files with the ONNX Runtime library that the project uses, through its C interface.

There is no Python package of it where this is built, and a graph should be checked by what will run it. Only what the
checks need is here: float32 and int64 tensors, processor only.
"""
import ctypes

import numpy as np

# Places in the table OrtApi of onnxruntime_c_api.h. The table only ever grows, so they hold for later versions.
MESSAGE, ENVIRONMENT, SESSION, RUN, SETTINGS, THREADS = 2, 3, 7, 9, 10, 24
TENSOR, DATA, RANK, SHAPE, INFO, MEMORY = 49, 51, 61, 62, 65, 69
VERSION = 14
ELEMENT = {np.dtype(np.float32): 1, np.dtype(np.int64): 7}


class Runtime:
    """The library, loaded once; opens sessions."""

    def __init__(self, library, threads=1):
        self.library = ctypes.CDLL(library)
        self.library.OrtGetApiBase.restype = ctypes.POINTER(ctypes.c_void_p)
        get_api = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_uint32)(self.library.OrtGetApiBase()[0])
        self.table = ctypes.cast(get_api(VERSION), ctypes.POINTER(ctypes.c_void_p))
        self.environment, self.memory, self.settings = (ctypes.c_void_p() for _ in range(3))
        self.call(ENVIRONMENT, ctypes.c_int(3), b"mini", ctypes.byref(self.environment))
        self.call(MEMORY, ctypes.c_int(1), ctypes.c_int(0), ctypes.byref(self.memory))
        self.call(SETTINGS, ctypes.byref(self.settings))
        self.call(THREADS, self.settings, ctypes.c_int(threads))

    def call(self, place, *arguments):
        status = ctypes.CFUNCTYPE(ctypes.c_void_p)(self.table[place])(*arguments)
        if status:
            message = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_void_p)(self.table[MESSAGE])(status)
            raise RuntimeError(message.decode())

    def tensor(self, array):
        """A tensor over the array's own memory, which must outlive it."""
        shape, value = (ctypes.c_int64 * array.ndim)(*array.shape), ctypes.c_void_p()
        self.call(TENSOR, self.memory, ctypes.c_void_p(array.ctypes.data), ctypes.c_size_t(array.nbytes), shape,
                  ctypes.c_size_t(array.ndim), ctypes.c_int(ELEMENT[array.dtype]), ctypes.byref(value))
        return value

    def array(self, value):
        """A copy of a float32 tensor."""
        info, rank, data = ctypes.c_void_p(), ctypes.c_size_t(), ctypes.POINTER(ctypes.c_float)()
        self.call(INFO, value, ctypes.byref(info))
        self.call(RANK, info, ctypes.byref(rank))
        shape = (ctypes.c_int64 * rank.value)()
        self.call(SHAPE, info, shape, rank)
        self.call(DATA, value, ctypes.byref(data))
        return np.ctypeslib.as_array(data, tuple(shape)).copy()


class Session:
    def __init__(self, runtime, path):
        self.runtime, self.handle = runtime, ctypes.c_void_p()
        runtime.call(SESSION, runtime.environment, path.encode(), runtime.settings, ctypes.byref(self.handle))

    def __call__(self, outputs, **inputs):
        """The named outputs as arrays, for inputs given by name."""
        arrays = [np.ascontiguousarray(array) for array in inputs.values()]
        given = (ctypes.c_void_p * len(arrays))(*[self.runtime.tensor(array).value for array in arrays])
        input_names = (ctypes.c_char_p * len(arrays))(*[name.encode() for name in inputs])
        output_names = (ctypes.c_char_p * len(outputs))(*[name.encode() for name in outputs])
        made = (ctypes.c_void_p * len(outputs))()
        self.runtime.call(RUN, self.handle, None, input_names, given, ctypes.c_size_t(len(arrays)), output_names,
                          ctypes.c_size_t(len(outputs)), made)
        return [self.runtime.array(ctypes.c_void_p(value)) for value in made]
