namespace Argosy.Files;

/// <summary>Turns a granted login into a session.</summary>
internal interface ISessionOpener
{
    /// <summary>Opens the home; the grant is released when the session is disposed of, or here when opening fails.</summary>
    ValueTask<FileSession> OpenAsync(SessionGrant grant, IOffload offload);

    /// <summary>Something may have been left in homes: each is settled at the next login there.</summary>
    void SettleAnew();

    /// <summary>From here on this process sweeps homes in the background, where no other one does.</summary>
    /// <param name="places">The homes that are served, at the moment it is called.</param>
    void BeginSweeping(Func<IReadOnlyCollection<string>> places)
    {
    }

    /// <summary>The operator says that something changed: homes are counted again in the background.</summary>
    void CountAnew()
    {
    }

    /// <summary>Ends the background work.</summary>
    ValueTask CloseAsync() => default;
}
