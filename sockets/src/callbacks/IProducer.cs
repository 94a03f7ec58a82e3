namespace Argosy.Sockets;

/// <summary>Something that makes data for a consumer and can be told to stop for a while: a transport, a file that is being sent.</summary>
public interface IProducer
{
    /// <summary>Make nothing more until <see cref="ResumeProducing"/>. Any thread may call this.</summary>
    void PauseProducing();

    /// <summary>Go on. Any thread may call this.</summary>
    void ResumeProducing();
}
