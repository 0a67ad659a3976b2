// The stack that a thread with an ONNX session needs.

/**
 * onnxruntime 1.30 matches /proc/self/cmdline with a regular expression that recurses for each character when it opens its
 * first session: at Node's 4 MB a command line of 16,000 characters ends the process with a segmentation fault.
 */
export const onnxStackMb = 64;
