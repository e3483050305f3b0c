namespace Engine.Runtimes.Remote;

/// <summary>How a remote generator is spoken to.</summary>
public enum RemoteApi
{
    /// <summary>POST v1/images/generations, as OpenAI's image service and those that copy it answer.</summary>
    Openai,

    /// <summary>POST sdapi/v1/txt2img, as the AUTOMATIC1111 web UI and those that copy it answer.</summary>
    Automatic1111,
}
