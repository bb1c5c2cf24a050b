/** Keeps a fault of one part of the page from taking the rest away. */

import { Component, type ReactNode } from "react";

interface GuardProps {
  /** What it guards, in words: "This page". */
  name: string;
  /** A change of it gives the guarded part another chance. */
  at: string;
  children: ReactNode;
}

interface GuardState {
  error: Error | null;
  at: string;
}

export class Guard extends Component<GuardProps, GuardState> {
  override state: GuardState = { error: null, at: this.props.at };

  static getDerivedStateFromError(error: Error): Partial<GuardState> {
    return { error };
  }

  static getDerivedStateFromProps(props: GuardProps, state: GuardState): Partial<GuardState> | null {
    return props.at === state.at ? null : { error: null, at: props.at };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="page" role="alert">
        <div className="notice failed">
          <h2>{this.props.name} could not be drawn</h2>
          <p className="mono">{error.message}</p>
          <p className="quiet">This is a fault of the dashboard; the figures in the ledger and the other pages still hold. The command line shows them, too: apportion report customers.</p>
          <button type="button" className="text-button bordered" onClick={() => location.reload()}>Load again</button>
        </div>
      </div>
    );
  }
}
