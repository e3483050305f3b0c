namespace Engine.Runtimes.Onnx;

/// <summary>What computes a model: an execution provider of ONNX Runtime.</summary>
public enum OnnxProvider
{
    /// <summary>The processor; always there.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU; needs the CUDA provider library, CUDA and cuDNN.</summary>
    Cuda,

    /// <summary>An NVIDIA GPU through TensorRT, with CUDA for what TensorRT cannot do. Slow to load.</summary>
    TensorRt,

    /// <summary>Any GPU that Vulkan, Metal or Direct3D 12 reaches.</summary>
    WebGpu,
}
