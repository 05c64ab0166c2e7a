namespace Webphone.Sip.Registration;

/// <summary>The outcome of a REGISTER.</summary>
/// <param name="Status">200, or the status of a refusal, which changes nothing.</param>
/// <param name="Change">What changed.</param>
/// <param name="Bindings">The bindings from now on.</param>
public readonly record struct RegistrationResult(int Status, RegistrationChange Change, IReadOnlyList<Binding> Bindings)
{
    /// <summary>Whether there is something new to store.</summary>
    public bool MustSave => (Change & ~RegistrationChange.Refreshed) != 0;
}
