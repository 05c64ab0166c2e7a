namespace Webphone.Silo.SipEdge.Legs;

/// <summary>The user whose phone a leg goes to or comes from.</summary>
internal readonly record struct LegOwner(string Tenant, string Extension);
