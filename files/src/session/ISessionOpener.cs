namespace Argosy.Files;

/// <summary>Turns a granted login into a session.</summary>
internal interface ISessionOpener
{
    /// <summary>Opens the home; the grant is released when the session is disposed of, or here when opening fails.</summary>
    ValueTask<FileSession> OpenAsync(SessionGrant grant, IOffload offload);

    /// <summary>Something may have been left in homes: each is settled at the next login there.</summary>
    void SettleAnew();
}
